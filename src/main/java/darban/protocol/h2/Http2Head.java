package darban.protocol.h2;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.wire.SectionWriter;

/** A head or a trailer section of ours. */
final class Http2Head {
  private final Fields pseudo;
  private final Fields fields;

  private Http2Head(Fields pseudo, Fields fields) {
    this.pseudo = pseudo;
    this.fields = fields;
  }

  /** A trailer section. */
  static Http2Head trailers(Fields fields) {
    return new Http2Head(Fields.NONE, fields);
  }

  /** A response's head. */
  static Http2Head response(ResponseHead head) {
    String status = Integer.toString(head.status());
    return new Http2Head(
        Fields.builder(1).add(FieldName.PSEUDO_STATUS, status).build(), head.fields());
  }

  /** A request's head; the target is in origin-form or, for CONNECT, an authority. */
  static Http2Head request(RequestHead head, String scheme) {
    Fields.Builder pseudo =
        Fields.builder(5)
            .add(FieldName.PSEUDO_METHOD, head.method().name())
            .add(FieldName.PSEUDO_AUTHORITY, head.authority());
    if (!head.target().path().isEmpty()) {
      pseudo.add(FieldName.PSEUDO_SCHEME, scheme).add(FieldName.PSEUDO_PATH, head.target().path());
    }
    if (head.protocol() != null) {
      pseudo.add(FieldName.PSEUDO_PROTOCOL, head.protocol());
    }
    return new Http2Head(pseudo.build(), head.fields());
  }

  /** Writes its lines. */
  void write(SectionWriter section) {
    section.fields(pseudo).fields(fields);
  }
}
