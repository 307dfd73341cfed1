package darban.http;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request of any version. Immutable.
 *
 * @param version the version it came by
 * @param method the method
 * @param target the target as sent; for HTTP/2 and 3 made of {@code :path}
 * @param authority the effective authority (RFC 9110 §7.1): of the target where it has one, else
 *     the Host field; empty where an HTTP/1.0 request has none
 * @param fields the fields, with Host as HTTP/1 has it
 * @param protocol {@code :protocol} of an extended CONNECT (RFC 8441), else null
 */
public record RequestHead(
    Version version,
    Method method,
    Target target,
    String authority,
    Fields fields,
    @Nullable String protocol) {

  /** The same with another method. */
  public RequestHead withMethod(Method method) {
    return new RequestHead(version, method, target, authority, fields, protocol);
  }

  /** The same with another path and query. */
  public RequestHead withPath(String path) {
    Target changed = new Target(target.form(), target.scheme(), target.authority(), path);
    return new RequestHead(version, method, changed, authority, fields, protocol);
  }

  /** The same request with other fields. */
  public RequestHead withFields(Fields fields) {
    return new RequestHead(version, method, target, authority, fields, protocol);
  }

  /**
   * The path that routes are matched against: without the query, escapes of ordinary characters and
   * dot segments; all else is still encoded.
   */
  public String routingPath() {
    return Paths.comparable(target.pathOnly());
  }
}
