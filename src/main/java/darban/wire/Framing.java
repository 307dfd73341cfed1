package darban.wire;

import darban.base.Failure;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Status;
import darban.http.Version;
import darban.http.Violation;
import java.util.List;

/**
 * How the end of an HTTP/1 body is found (RFC 9112 §6.3). Whatever two recipients might read in two
 * ways is refused. Immutable.
 *
 * @param kind which of the four ways
 * @param length bytes for {@link Kind#LENGTH}, else 0
 */
public record Framing(Kind kind, long length) {
  /** The ways to frame a body. */
  public enum Kind {
    NONE,
    LENGTH,
    CHUNKED,
    /** Ends when the connection does: responses only. */
    UNTIL_CLOSE
  }

  public static final Framing NONE = new Framing(Kind.NONE, 0);
  public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);
  public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0);

  private static final int MAX_DIGITS = 18;

  /** The framing of a request's body. */
  public static Framing ofRequest(Fields fields, Version version) throws Failure {
    int encoding = fields.indexOf(FieldName.TRANSFER_ENCODING, 0);
    int length = fields.indexOf(FieldName.CONTENT_LENGTH, 0);
    if (encoding < 0 && length < 0) {
      return NONE;
    }
    if (encoding >= 0) {
      if (length >= 0) {
        throw Violation.LENGTH_AND_ENCODING.inRequest();
      }
      if (version == Version.HTTP_1_0) {
        throw Violation.ENCODING.inRequest();
      }
      Violation wrong = wrongEncoding(fields);
      if (wrong != null) {
        throw wrong.inRequest();
      }
      return CHUNKED;
    }
    if (fields.indexOf(FieldName.CONTENT_LENGTH, length + 1) >= 0) {
      throw Violation.LENGTH_REPEATED.inRequest();
    }
    long bytes = length(fields.value(length));
    if (bytes < 0) {
      throw Violation.LENGTH.inRequest();
    }
    return bytes == 0 ? NONE : new Framing(Kind.LENGTH, bytes);
  }

  /** The framing of the body of a response to {@code method}. */
  public static Framing ofResponse(Method method, int status, Fields fields, Version version)
      throws Failure {
    if (Status.isBodiless(method, status)) {
      // It is passed on as what the body would have, so it must be a length all the same.
      responseLength(fields);
      return NONE;
    }
    boolean length = fields.has(FieldName.CONTENT_LENGTH);
    if (fields.has(FieldName.TRANSFER_ENCODING)) {
      if (length) {
        throw Violation.LENGTH_AND_ENCODING.inResponse();
      }
      Violation wrong = version == Version.HTTP_1_0 ? Violation.ENCODING : wrongEncoding(fields);
      if (wrong != null) {
        throw wrong.inResponse();
      }
      return CHUNKED;
    }
    if (!length) {
      return UNTIL_CLOSE;
    }
    long bytes = responseLength(fields);
    return bytes == 0 ? NONE : new Framing(Kind.LENGTH, bytes);
  }

  /** Repeated but equal values may be taken for one (RFC 9110 §8.6); -1 where there is none. */
  private static long responseLength(Fields fields) throws Failure {
    long bytes = -1;
    for (String value : fields.all(FieldName.CONTENT_LENGTH)) {
      long each = length(value);
      if (each < 0 || (bytes >= 0 && each != bytes)) {
        throw Violation.LENGTH.inResponse();
      }
      bytes = each;
    }
    return bytes;
  }

  /** Only {@code chunked}, once, is understood: the reason why another value is not, or null. */
  private static @org.jspecify.annotations.Nullable Violation wrongEncoding(Fields fields) {
    List<String> values = fields.all(FieldName.TRANSFER_ENCODING);
    if (values.size() == 1 && values.getFirst().equalsIgnoreCase("chunked")) {
      return null;
    }
    List<String> codings =
        values.stream().flatMap(value -> darban.http.Lists.members(value).stream()).toList();
    boolean knownShape =
        codings.size() > 1
            && codings.getLast().equalsIgnoreCase("chunked")
            && codings.stream().filter("chunked"::equalsIgnoreCase).count() == 1
            && codings.stream().allMatch(Framing::isRegisteredCoding);
    return knownShape ? Violation.ENCODING_UNKNOWN : Violation.ENCODING;
  }

  private static boolean isRegisteredCoding(String coding) {
    return switch (coding.toLowerCase(java.util.Locale.ROOT)) {
      case "chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress" -> true;
      default -> false;
    };
  }

  /** The number of a Content-Length value, or -1 when it is none (RFC 9110 §8.6). */
  public static long length(String value) {
    int digits = value.length();
    if (digits == 0 || digits > MAX_DIGITS) {
      return -1;
    }
    long length = 0;
    for (int i = 0; i < digits; i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      length = length * 10 + (c - '0');
    }
    return length;
  }
}
