vcl 4.1;

backend origin {
  .host = "127.0.0.1";
  .port = "@origin_port@";
}

sub vcl_recv {
  if (req.url ~ "^/pass/") {
    return (pass);
  }
}

# An object is stored in one piece when it is not passed on while it arrives.
sub vcl_backend_response {
  if (beresp.ttl > 0s) {
    set beresp.do_stream = false;
  }
}
