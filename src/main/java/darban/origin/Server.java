package darban.origin;

import darban.resolve.Destination;

/**
 * One server of a group. Immutable.
 *
 * @param name as the configuration writes it, for logs and metrics
 * @param protocol what it speaks
 * @param destination where it is
 * @param host its name for TLS: what its certificate must be good for
 * @param authority its name for Host, where the client sent none
 * @param basePath prepended to every path; empty, or starting with a slash and not ending with one
 * @param weight its share, 1 or more
 */
public record Server(
    String name,
    Protocol protocol,
    Destination destination,
    String host,
    String authority,
    String basePath,
    int weight) {

  /** How an origin is spoken to. */
  public enum Protocol {
    /** HTTP/1.1 in clear. */
    HTTP,
    /** By TLS, HTTP/2 or 1.1 as ALPN decides. */
    HTTPS,
    /** HTTP/2 in clear, by prior knowledge (RFC 9113 §3.3). */
    H2C,
    /** By TLS, HTTP/2 only. */
    H2;

    /** Whether TLS lies beneath. */
    public boolean secure() {
      return this == HTTPS || this == H2;
    }
  }
}
