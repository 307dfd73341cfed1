package darban.wire;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.http.Violation;
import java.nio.charset.StandardCharsets;

/**
 * Reads heads of HTTP/1 messages (RFC 9112 §2 to §5) and refuses every byte that another reader
 * might take differently: see {@link Violation} for the list. Works on the bytes of one whole head;
 * {@link #end} finds where it ends. Immutable, any thread.
 */
public final class HeadParser {
  private static final boolean[] TOKEN = new boolean[128];
  private static final int MAX_METHOD = 32;

  static {
    for (char c = '0'; c <= 'z'; c++) {
      TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private final Limits limits;
  private final boolean request;

  private HeadParser(Limits limits, boolean request) {
    this.limits = limits;
    this.request = request;
  }

  /** A parser of what clients send. */
  public static HeadParser ofRequests(Limits limits) {
    return new HeadParser(limits, true);
  }

  /** A parser of what origins send. */
  public static HeadParser ofResponses(Limits limits) {
    return new HeadParser(limits, false);
  }

  /** Whether {@code b} may stand in a token (RFC 9110 §5.6.2). */
  public static boolean isToken(int b) {
    return b >= 0 && b < 128 && TOKEN[b];
  }

  /**
   * The index just past the empty line that ends a head, or -1 while it has not come. Line ends
   * that the parser will refuse count here too, so that no bad head is waited for in vain.
   */
  public static int end(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      if (i + 1 < to && bytes[i + 1] == '\n') {
        return i + 2;
      }
      if (i + 2 < to && bytes[i + 1] == '\r' && bytes[i + 2] == '\n') {
        return i + 3;
      }
    }
    return -1;
  }

  /** The most bytes a head may have: what is longer without an end is {@link #tooLong}. */
  public int limit() {
    return limits.head();
  }

  /** The failure of a head that passed {@link #limit} without an end. */
  public Failure tooLong(byte[] bytes, int from, int to) {
    if (request) {
      for (int i = from; i < to; i++) {
        if (bytes[i] == '\n') {
          return Violation.HEAD_LENGTH.inRequest();
        }
      }
      return Violation.TARGET_LENGTH.inRequest();
    }
    return Violation.HEAD_LENGTH.inResponse();
  }

  private Failure refuse(Violation violation) {
    return request ? violation.inRequest() : violation.inResponse();
  }

  /** Reads a request head, {@code to} being its {@link #end}. */
  public RequestHead request(byte[] b, int from, int to) throws Failure {
    int lineEnd = lineEnd(b, from, to, Violation.REQUEST_LINE);
    int methodEnd = from;
    while (methodEnd < lineEnd && isToken(b[methodEnd])) {
      methodEnd++;
    }
    if (methodEnd == from || methodEnd - from > MAX_METHOD || b[methodEnd] != ' ') {
      throw Violation.METHOD.inRequest();
    }
    int targetStart = methodEnd + 1;
    int targetEnd = targetStart;
    while (targetEnd < lineEnd && b[targetEnd] != ' ') {
      if (b[targetEnd] < 0x21 || b[targetEnd] == 0x7f || b[targetEnd] == '#') {
        throw Violation.TARGET.inRequest();
      }
      targetEnd++;
    }
    if (targetEnd - targetStart > limits.target()) {
      throw Violation.TARGET_LENGTH.inRequest();
    }
    if (targetEnd == targetStart || targetEnd == lineEnd) {
      throw Violation.REQUEST_LINE.inRequest();
    }
    Method method = Method.of(ascii(b, from, methodEnd));
    Version version = version(b, targetEnd + 1, lineEnd);
    Target target = target(method, ascii(b, targetStart, targetEnd));
    Fields fields = fields(b, lineEnd + 2, to);
    return new RequestHead(
        version, method, target, authority(target, version, fields), fields, null);
  }

  private Version version(byte[] b, int from, int to) throws Failure {
    boolean shape =
        to - from == 8
            && b[from] == 'H'
            && b[from + 1] == 'T'
            && b[from + 2] == 'T'
            && b[from + 3] == 'P'
            && b[from + 4] == '/'
            && isDigit(b[from + 5])
            && b[from + 6] == '.'
            && isDigit(b[from + 7]);
    if (!shape) {
      throw refuse(Violation.VERSION);
    }
    if (b[from + 5] != '1' || b[from + 7] > '1') {
      throw refuse(Violation.VERSION_UNKNOWN);
    }
    return b[from + 7] == '1' ? Version.HTTP_1_1 : Version.HTTP_1_0;
  }

  /** Reads a target in the form that {@code method} allows (RFC 9112 §3.2). */
  static Target target(Method method, String text) throws Failure {
    if (method == Method.CONNECT) {
      return Target.authority(checkedAuthority(text));
    }
    if (text.charAt(0) == '/') {
      return Target.origin(text);
    }
    if (text.equals("*")) {
      if (method != Method.OPTIONS) {
        throw Violation.TARGET.inRequest();
      }
      return Target.ANY;
    }
    String scheme =
        text.regionMatches(true, 0, "http://", 0, 7)
            ? "http"
            : text.regionMatches(true, 0, "https://", 0, 8) ? "https" : "";
    if (scheme.isEmpty()) {
      throw Violation.TARGET.inRequest();
    }
    int start = scheme.length() + 3;
    int end = start;
    while (end < text.length() && "/?".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String rest = text.substring(end);
    String path = rest.isEmpty() ? "/" : rest.charAt(0) == '?' ? "/" + rest : rest;
    if (rest.isEmpty() && method == Method.OPTIONS) {
      path = "*";
    }
    String authority = checkedAuthority(text.substring(start, end));
    return new Target(Target.Form.ABSOLUTE, scheme, authority, path);
  }

  private static String checkedAuthority(String text) throws Failure {
    if (text.indexOf('@') >= 0) {
      throw Violation.TARGET_USERINFO.inRequest();
    }
    return HostPort.normalized(text).orElseThrow(Violation.HOST::inRequest);
  }

  /** The effective authority: the target's wins over Host (RFC 9112 §3.2.2). */
  private static String authority(Target target, Version version, Fields fields) throws Failure {
    int host = fields.indexOf(FieldName.HOST, 0);
    if (host < 0) {
      if (version != Version.HTTP_1_0) {
        throw Violation.HOST_MISSING.inRequest();
      }
      return target.authority() == null ? "" : target.authority();
    }
    if (fields.indexOf(FieldName.HOST, host + 1) >= 0) {
      throw Violation.HOST_REPEATED.inRequest();
    }
    String named = HostPort.normalized(fields.value(host)).orElseThrow(Violation.HOST::inRequest);
    return target.authority() == null ? named : target.authority();
  }

  /** A status line, a version and a status; and the fields of a response. */
  public Response response(byte[] b, int from, int to) throws Failure {
    int lineEnd = lineEnd(b, from, to, Violation.STATUS_LINE);
    boolean shape =
        lineEnd - from >= 12
            && b[from + 8] == ' '
            && isDigit(b[from + 9])
            && isDigit(b[from + 10])
            && isDigit(b[from + 11])
            && (lineEnd - from == 12 || b[from + 12] == ' ');
    if (!shape) {
      throw Violation.STATUS_LINE.inResponse();
    }
    for (int i = from + 12; i < lineEnd; i++) {
      if (isControl(b[i])) {
        throw Violation.STATUS_LINE.inResponse();
      }
    }
    int status = (b[from + 9] - '0') * 100 + (b[from + 10] - '0') * 10 + (b[from + 11] - '0');
    if (status < 100) {
      throw Violation.STATUS_LINE.inResponse();
    }
    Version version = version(b, from, from + 8);
    return new Response(version, new ResponseHead(status, fields(b, lineEnd + 2, to)));
  }

  /**
   * A response as HTTP/1 sends it.
   *
   * @param version of the origin
   * @param head the rest
   */
  public record Response(Version version, ResponseHead head) {}

  /**
   * Reads a trailer section, {@code to} being past its empty line; forbidden fields are dropped.
   */
  public Fields trailers(byte[] b, int from, int to) throws Failure {
    Fields all = fields(b, from, to);
    for (int i = 0; i < all.size(); i++) {
      if (!darban.http.HopByHop.allowedInTrailer(all.name(i))) {
        return all.filtered(darban.http.HopByHop::allowedInTrailer).build();
      }
    }
    return all;
  }

  /** Reads field lines up to the empty line that must end at {@code to}. */
  private Fields fields(byte[] b, int from, int to) throws Failure {
    Fields.Builder fields = Fields.builder(16);
    int at = from;
    int lines = 0;
    while (true) {
      int lineEnd = lineEnd(b, at, to, Violation.LINE_END);
      if (lineEnd == at) {
        if (lineEnd + 2 != to) {
          throw refuse(Violation.LINE_END);
        }
        return fields.build();
      }
      if (++lines > limits.fields()) {
        throw refuse(Violation.FIELD_COUNT);
      }
      if (lineEnd - at > limits.field()) {
        throw refuse(Violation.FIELD_LENGTH);
      }
      field(b, at, lineEnd, fields);
      at = lineEnd + 2;
    }
  }

  private void field(byte[] b, int from, int lineEnd, Fields.Builder fields) throws Failure {
    if (b[from] == ' ' || b[from] == '\t') {
      throw refuse(Violation.FIELD_FOLD);
    }
    int colon = from;
    boolean underscore = false;
    while (colon < lineEnd && isToken(b[colon])) {
      underscore |= b[colon] == '_';
      colon++;
    }
    int nameEnd = colon;
    if (!request) {
      // White space before the colon is removed from responses (RFC 9112 §5.1).
      while (colon < lineEnd && (b[colon] == ' ' || b[colon] == '\t')) {
        colon++;
      }
    }
    if (nameEnd == from || colon == lineEnd || b[colon] != ':') {
      boolean space = colon < lineEnd && (b[colon] == ' ' || b[colon] == '\t');
      throw refuse(space && nameEnd > from ? Violation.FIELD_SPACE : Violation.FIELD_NAME);
    }
    int start = colon + 1;
    int end = lineEnd;
    while (start < end && (b[start] == ' ' || b[start] == '\t')) {
      start++;
    }
    while (end > start && (b[end - 1] == ' ' || b[end - 1] == '\t')) {
      end--;
    }
    for (int i = start; i < end; i++) {
      if (isControl(b[i])) {
        throw refuse(Violation.FIELD_VALUE);
      }
    }
    if (underscore && imitates(ascii(b, from, nameEnd))) {
      return;
    }
    fields.add(
        FieldName.of(b, from, nameEnd),
        start == end ? "" : new String(b, start, end - start, StandardCharsets.ISO_8859_1));
  }

  /**
   * Whether a name with underscores is the twin of one that frames a message or is trusted further
   * on. Servers behind CGI read both as one, so such a line is dropped.
   */
  static boolean imitates(String name) {
    FieldName twin = FieldName.of(name.replace('_', '-'));
    return twin.isHopByHop()
        || twin == FieldName.CONTENT_LENGTH
        || twin == FieldName.HOST
        || twin == FieldName.EXPECT
        || twin == FieldName.FORWARDED
        || twin == FieldName.VIA
        || twin == FieldName.X_REAL_IP
        || twin == FieldName.AUTHORIZATION
        || twin == FieldName.COOKIE
        || twin.lower().startsWith("x-forwarded-");
  }

  /** The index of the CR that ends the line. */
  private int lineEnd(byte[] b, int from, int to, Violation otherwise) throws Failure {
    for (int i = from; i < to; i++) {
      if (b[i] == '\r') {
        if (i + 1 < to && b[i + 1] == '\n') {
          return i;
        }
        throw refuse(Violation.LINE_END);
      }
      if (b[i] == '\n') {
        throw refuse(Violation.LINE_END);
      }
    }
    throw refuse(otherwise);
  }

  private static boolean isControl(byte b) {
    return (b >= 0 && b < 0x20 && b != '\t') || b == 0x7f;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static String ascii(byte[] b, int from, int to) {
    return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
