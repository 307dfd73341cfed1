package darban.protocol.h3;

import darban.base.Failure;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import darban.wire.FieldBlock;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.Http3Headers;
import java.util.Map;

/** Between our heads and Netty's header blocks. */
final class Http3Heads {
  private Http3Heads() {}

  /** Feeds the lines of {@code headers} to {@code block}. */
  static FieldBlock read(Http3Headers headers, FieldBlock block) throws Failure {
    for (Map.Entry<CharSequence, CharSequence> line : headers) {
      block.line(line.getKey(), line.getValue());
    }
    return block;
  }

  /** Plain fields, without those that HTTP/3 forbids (RFC 9114 §4.2). */
  static Http3Headers fields(Fields fields) {
    return add(fields, new DefaultHttp3Headers(false));
  }

  private static Http3Headers add(Fields fields, Http3Headers to) {
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
  static Http3Headers response(ResponseHead head) {
    Http3Headers headers = new DefaultHttp3Headers(false);
    headers.status(Integer.toString(head.status()));
    return add(head.fields(), headers);
  }
}
