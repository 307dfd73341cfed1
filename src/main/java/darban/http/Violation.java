package darban.http;

import darban.base.Failure;
import darban.base.Kind;

/**
 * Everything in a message that Darban refuses instead of guessing what was meant: each a place
 * where two readers of the same bytes may see different messages. The name goes to the log, the
 * reason to the client.
 */
public enum Violation {
  METHOD(Kind.BAD_REQUEST, "bad method", "RFC 9110 §9.1"),
  TARGET(Kind.BAD_REQUEST, "bad request target", "RFC 9112 §3.2"),
  TARGET_LENGTH(Kind.URI_TOO_LONG, "request target too long", "RFC 9110 §15.5.15"),
  TARGET_USERINFO(Kind.BAD_REQUEST, "user information in the target", "RFC 9110 §4.2.4"),
  VERSION(Kind.BAD_REQUEST, "bad protocol version", "RFC 9112 §2.3"),
  VERSION_UNKNOWN(Kind.VERSION_NOT_SUPPORTED, "protocol version not supported", "RFC 9110 §6.2"),
  REQUEST_LINE(Kind.BAD_REQUEST, "bad request line", "RFC 9112 §3"),
  STATUS_LINE(Kind.BAD_REQUEST, "bad status line", "RFC 9112 §4"),
  LINE_END(Kind.BAD_REQUEST, "line not ended by CRLF", "RFC 9112 §2.2"),
  FIELD_NAME(Kind.BAD_REQUEST, "bad field name", "RFC 9112 §5.1"),
  FIELD_VALUE(Kind.BAD_REQUEST, "bad character in a field value", "RFC 9110 §5.5"),
  FIELD_FOLD(Kind.BAD_REQUEST, "folded field line", "RFC 9112 §5.2"),
  FIELD_SPACE(Kind.BAD_REQUEST, "white space before a colon", "RFC 9112 §5.1"),
  FIELD_LENGTH(Kind.HEAD_TOO_LARGE, "field too long", "RFC 6585 §5"),
  FIELD_COUNT(Kind.HEAD_TOO_LARGE, "too many fields", "RFC 6585 §5"),
  HEAD_LENGTH(Kind.HEAD_TOO_LARGE, "head too long", "RFC 6585 §5"),
  HOST_MISSING(Kind.BAD_REQUEST, "Host field missing", "RFC 9112 §3.2"),
  HOST_REPEATED(Kind.BAD_REQUEST, "more than one Host field", "RFC 9112 §3.2"),
  HOST(Kind.BAD_REQUEST, "bad host", "RFC 9112 §3.2"),
  HOST_CONFLICT(Kind.BAD_REQUEST, "Host and :authority differ", "RFC 9113 §8.3.1"),
  LENGTH(Kind.BAD_REQUEST, "bad Content-Length", "RFC 9110 §8.6"),
  LENGTH_REPEATED(Kind.BAD_REQUEST, "more than one Content-Length", "RFC 9112 §6.3"),
  LENGTH_AND_ENCODING(Kind.BAD_REQUEST, "Content-Length beside Transfer-Encoding", "RFC 9112 §6.1"),
  LENGTH_MISMATCH(Kind.BAD_REQUEST, "body does not match Content-Length", "RFC 9113 §8.1.1"),
  ENCODING(Kind.BAD_REQUEST, "bad Transfer-Encoding", "RFC 9112 §6.1"),
  ENCODING_UNKNOWN(Kind.NOT_IMPLEMENTED, "transfer coding not implemented", "RFC 9112 §6.1"),
  CHUNK(Kind.BAD_REQUEST, "bad chunk", "RFC 9112 §7.1"),
  CHUNK_LINE_LENGTH(Kind.BAD_REQUEST, "chunk size line too long", "RFC 9112 §7.1.1"),
  TRAILER_LENGTH(Kind.HEAD_TOO_LARGE, "trailer section too long", "RFC 9112 §7.1.2"),
  PSEUDO_FIELD(Kind.BAD_REQUEST, "bad pseudo-header field", "RFC 9113 §8.3"),
  CONNECTION_FIELD(Kind.BAD_REQUEST, "connection-specific field", "RFC 9113 §8.2.2"),
  EXPECTATION(Kind.EXPECTATION_FAILED, "unknown expectation", "RFC 9110 §10.1.1");

  private final Failure failure;
  private final Failure inResponse;

  Violation(Kind kind, String reason, String section) {
    failure = Failure.of(kind, reason).detailed(name() + ", " + section);
    inResponse =
        Failure.of(
                kind == Kind.HEAD_TOO_LARGE
                    ? Kind.RESPONSE_HEAD_TOO_LARGE
                    : Kind.RESPONSE_MALFORMED,
                "malformed response from the origin")
            .detailed(reason + ": " + name() + ", " + section);
  }

  /** The failure of a client that sent this. */
  public Failure inRequest() {
    return failure;
  }

  /** The failure of an origin that sent this. */
  public Failure inResponse() {
    return inResponse;
  }
}
