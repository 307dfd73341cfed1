package darban.protocol.h2;

import io.netty.handler.codec.http2.Http2Error;

/** The peer broke a rule of HTTP/2 so that the whole connection has to end (RFC 9113 §5.4.1). */
final class Http2Fault extends Exception {
  private static final long serialVersionUID = 1;

  private final Http2Error error;

  Http2Fault(Http2Error error, String what) {
    super(what, null, false, false);
    this.error = error;
  }

  /** What the peer is told. */
  Http2Error error() {
    return error;
  }
}
