package darban.wire;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Limits;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import darban.http.Violation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a head of the field lines of an HTTP/2 or HTTP/3 message (RFC 9113 §8.3, RFC 9114 §4.3),
 * fed one by one by {@link #line}. Whatever is malformed is refused: pseudo-header fields that are
 * unknown, repeated, late or missing; names in upper case; connection-specific fields; characters
 * that would become line ends in HTTP/1. Confined to one thread; used once.
 */
public final class FieldBlock {
  private static final int PSEUDO_FIELDS = 5;

  private final Limits limits;
  private final boolean request;
  private final Fields.Builder fields = Fields.builder(16);
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String authority;
  private @Nullable String path;
  private @Nullable String status;
  private @Nullable String protocol;
  private @Nullable String host;
  private @Nullable StringBuilder cookies;
  private int lines;
  private long size;
  private boolean pseudo;
  private boolean regular;
  private @Nullable Failure refused;

  private FieldBlock(Limits limits, boolean request) {
    this.limits = limits;
    this.request = request;
  }

  /** Of a client's message. */
  public static FieldBlock ofRequest(Limits limits) {
    return new FieldBlock(limits, true);
  }

  /** Of an origin's message. */
  public static FieldBlock ofResponse(Limits limits) {
    return new FieldBlock(limits, false);
  }

  private Failure refuse(Violation violation) {
    return request ? violation.inRequest() : violation.inResponse();
  }

  /** Takes lines in their order, as {@link #line} does. */
  public FieldBlock lines(Iterable<Map.Entry<CharSequence, CharSequence>> lines) {
    for (Map.Entry<CharSequence, CharSequence> line : lines) {
      line(line.getKey(), line.getValue());
    }
    return this;
  }

  /** Takes the next line. What is wrong with it is told by what is made of them all. */
  public void line(CharSequence name, CharSequence value) {
    line(new FieldLine(name.toString(), value.toString()));
  }

  /** As {@link #line(CharSequence, CharSequence)}. */
  void line(FieldLine line) {
    if (refused == null) {
      try {
        take(line);
      } catch (Failure wrong) {
        refused = wrong;
      }
    }
  }

  private void check() throws Failure {
    if (refused != null) {
      throw refused;
    }
  }

  private void take(FieldLine line) throws Failure {
    if (++lines > limits.fields() + PSEUDO_FIELDS) {
      throw refuse(Violation.FIELD_COUNT);
    }
    size += line.size();
    if (size > limits.head()) {
      throw refuse(Violation.HEAD_LENGTH);
    }
    FieldName good = line.good();
    if (good != null) {
      regular = true;
      field(good, line.value());
      return;
    }
    String name = line.name();
    checkValue(line.value());
    if (!name.isEmpty() && name.charAt(0) == ':') {
      pseudo(name, line.value());
    } else {
      regular = true;
      FieldName checked = checkedName(name);
      line.good(checked);
      field(checked, line.value());
    }
  }

  private void checkValue(String value) throws Failure {
    int length = value.length();
    if (length > limits.field()) {
      throw refuse(Violation.FIELD_LENGTH);
    }
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f || c > 0xff) {
        throw refuse(Violation.FIELD_VALUE);
      }
    }
    if (length > 0 && (isSpace(value.charAt(0)) || isSpace(value.charAt(length - 1)))) {
      throw refuse(Violation.FIELD_VALUE);
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private FieldName checkedName(String name) throws Failure {
    if (name.isEmpty()) {
      throw refuse(Violation.FIELD_NAME);
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!HeadParser.isToken(c) || (c >= 'A' && c <= 'Z')) {
        throw refuse(Violation.FIELD_NAME);
      }
    }
    return FieldName.of(name);
  }

  private void pseudo(String name, String value) throws Failure {
    if (regular) {
      throw refuse(Violation.PSEUDO_FIELD);
    }
    pseudo = true;
    if (!request) {
      status = once(status, name.equals(":status"), value);
      return;
    }
    switch (name) {
      case ":method" -> method = once(method, true, value);
      case ":scheme" -> scheme = once(scheme, true, value);
      case ":authority" -> authority = once(authority, true, value);
      case ":path" -> path = once(path, true, value);
      case ":protocol" -> protocol = once(protocol, isToken(value), value);
      default -> throw refuse(Violation.PSEUDO_FIELD);
    }
  }

  private String once(@Nullable String before, boolean known, String value) throws Failure {
    if (before != null || !known) {
      throw refuse(Violation.PSEUDO_FIELD);
    }
    return value;
  }

  private void field(FieldName name, String value) throws Failure {
    if (name == FieldName.TE) {
      if (!value.equalsIgnoreCase("trailers")) {
        throw refuse(Violation.CONNECTION_FIELD);
      }
    } else if (name.isHopByHop()
        && name != FieldName.PROXY_AUTHORIZATION
        && name != FieldName.PROXY_AUTHENTICATE) {
      throw refuse(Violation.CONNECTION_FIELD);
    }
    if (name == FieldName.HOST) {
      if (host != null) {
        throw refuse(Violation.HOST_REPEATED);
      }
      host = value;
    } else if (name == FieldName.COOKIE && request) {
      crumb(value);
    } else if (name.lower().indexOf('_') < 0 || !HeadParser.imitates(name.lower())) {
      fields.add(name, value);
    }
  }

  /** Split for better compression; one line again for HTTP/1 (RFC 9113 §8.2.3). */
  private void crumb(String value) {
    if (cookies == null) {
      cookies = new StringBuilder(value);
    } else if (!value.isEmpty()) {
      cookies.append(cookies.isEmpty() ? "" : "; ").append(value);
    }
  }

  /** The request, once its last line was taken. */
  public RequestHead request(Version version) throws Failure {
    check();
    if (method == null || !isToken(method)) {
      throw Violation.METHOD.inRequest();
    }
    Method asked = Method.of(method);
    String effective = effectiveAuthority();
    Target target = asked == Method.CONNECT && protocol == null ? connect() : path(asked);
    if (cookies != null) {
      fields.add(FieldName.COOKIE, cookies.toString());
    }
    if (!effective.isEmpty()) {
      fields.add(FieldName.HOST, effective);
    }
    checkLength();
    return new RequestHead(version, asked, target, effective, fields.build(), protocol);
  }

  private Target connect() throws Failure {
    if (scheme != null || path != null || authority == null) {
      throw Violation.PSEUDO_FIELD.inRequest();
    }
    return Target.authority(authority);
  }

  private Target path(Method asked) throws Failure {
    boolean complete =
        scheme != null && path != null && (protocol == null || asked == Method.CONNECT);
    if (!complete || path == null || path.isEmpty()) {
      throw Violation.PSEUDO_FIELD.inRequest();
    }
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      throw Violation.PSEUDO_FIELD.inRequest();
    }
    if (path.length() > limits.target()) {
      throw Violation.TARGET_LENGTH.inRequest();
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c < 0x21 || c > 0x7e || c == '#') {
        throw Violation.TARGET.inRequest();
      }
    }
    boolean any = path.equals("*") && asked == Method.OPTIONS;
    if (path.charAt(0) != '/' && !any) {
      throw Violation.TARGET.inRequest();
    }
    return new Target(Target.Form.ABSOLUTE, scheme, authority == null ? host : authority, path);
  }

  /** {@code :authority}, or Host where that is missing; if both are there they must agree. */
  private String effectiveAuthority() throws Failure {
    String named = authority != null ? authority : host;
    if (named == null || named.isEmpty()) {
      throw Violation.HOST_MISSING.inRequest();
    }
    if (named.indexOf('@') >= 0) {
      throw Violation.TARGET_USERINFO.inRequest();
    }
    String parsed = HostPort.normalized(named).orElseThrow(Violation.HOST::inRequest);
    if (host != null && authority != null && !host.equalsIgnoreCase(authority)) {
      throw Violation.HOST_CONFLICT.inRequest();
    }
    return parsed;
  }

  private void checkLength() throws Failure {
    Fields so = fields.peek();
    int at = so.indexOf(FieldName.CONTENT_LENGTH, 0);
    if (at < 0) {
      return;
    }
    if (so.indexOf(FieldName.CONTENT_LENGTH, at + 1) >= 0) {
      throw refuse(Violation.LENGTH_REPEATED);
    }
    if (Framing.length(so.value(at)) < 0) {
      throw refuse(Violation.LENGTH);
    }
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!HeadParser.isToken(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** The response, once its last line was taken. */
  public ResponseHead response() throws Failure {
    check();
    if (status == null || status.length() != 3 || Framing.length(status) < 100) {
      throw Violation.PSEUDO_FIELD.inResponse();
    }
    checkLength();
    return new ResponseHead(Integer.parseInt(status), fields.build());
  }

  /** The trailer section, once its last line was taken; forbidden fields are dropped. */
  public Fields trailers() throws Failure {
    check();
    if (pseudo) {
      throw refuse(Violation.PSEUDO_FIELD);
    }
    return fields.build().filtered(HopByHop::allowedInTrailer).build();
  }
}
