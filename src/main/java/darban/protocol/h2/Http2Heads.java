package darban.protocol.h2;

import darban.base.Failure;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.wire.FieldBlock;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Map;

/** Between our heads and Netty's header blocks. */
final class Http2Heads {
  private Http2Heads() {}

  /** Feeds the lines of {@code headers} to {@code block}. */
  static FieldBlock read(Http2Headers headers, FieldBlock block) throws Failure {
    for (Map.Entry<CharSequence, CharSequence> line : headers) {
      block.line(line.getKey(), line.getValue());
    }
    return block;
  }

  /** Plain fields, without those that HTTP/2 forbids (RFC 9113 §8.2.2). */
  static Http2Headers fields(Fields fields) {
    return add(fields, new DefaultHttp2Headers(false, fields.size() + 4));
  }

  private static Http2Headers add(Fields fields, Http2Headers to) {
    for (int i = 0; i < fields.size(); i++) {
      FieldName name = fields.name(i);
      boolean forbidden =
          name == FieldName.HOST
              || name == FieldName.CONNECTION
              || name == FieldName.TRANSFER_ENCODING
              || name == FieldName.UPGRADE
              || name == FieldName.KEEP_ALIVE
              || name == FieldName.PROXY_CONNECTION;
      if (!forbidden) {
        to.add(name.lower(), fields.value(i));
      }
    }
    return to;
  }

  /** A response's head. */
  static Http2Headers response(ResponseHead head) {
    Http2Headers headers = new DefaultHttp2Headers(false, head.fields().size() + 4);
    headers.status(Integer.toString(head.status()));
    return add(head.fields(), headers);
  }

  /** A request's head; the target is in origin-form or, for CONNECT, an authority. */
  static Http2Headers request(RequestHead head, String scheme) {
    Http2Headers headers = new DefaultHttp2Headers(false, head.fields().size() + 6);
    headers.method(head.method().name());
    headers.authority(head.authority());
    if (!head.target().path().isEmpty()) {
      headers.scheme(scheme).path(head.target().path());
    }
    if (head.protocol() != null) {
      headers.add(Http2Headers.PseudoHeaderName.PROTOCOL.value(), head.protocol());
    }
    return add(head.fields(), headers);
  }
}
