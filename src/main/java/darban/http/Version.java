package darban.http;

/** The protocol version of a message. */
public enum Version {
  HTTP_1_0("1.0", "h1"),
  HTTP_1_1("1.1", "h1"),
  HTTP_2("2.0", "h2"),
  HTTP_3("3.0", "h3"),
  /** Not HTTP, but its requests are taken for CONNECT. */
  SOCKS("1.1", "socks");

  private final String number;
  private final String label;

  Version(String number, String label) {
    this.number = number;
    this.label = label;
  }

  /** As {@code Via} writes it (RFC 9110 §7.6.3). */
  public String number() {
    return number;
  }

  /** The short name for configuration, logs and metric labels: h1, h2, h3. */
  public String label() {
    return label;
  }

  /** Whether many exchanges share a connection, and Connection fields are forbidden. */
  public boolean multiplexed() {
    return this == HTTP_2 || this == HTTP_3;
  }
}
