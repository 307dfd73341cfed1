package darban.base;

import java.util.Locale;
import java.util.Optional;

/**
 * A host and a port as in a URI's authority (RFC 3986 §3.2), without userinfo. Immutable.
 *
 * @param host a lower-case name, an IPv4 address, or an IPv6 address without brackets; not empty
 * @param port 0 to 65535, or -1 where none was given
 */
public record HostPort(String host, int port) {
  private static final int MAX_HOST = 255;
  private static final boolean[] LOWER = new boolean[128];

  static {
    for (char c : "abcdefghijklmnopqrstuvwxyz0123456789-._~".toCharArray()) {
      LOWER[c] = true;
    }
  }

  /** Reads {@code host}, {@code host:port} or {@code [v6]:port}; empty when it is not valid. */
  public static Optional<HostPort> parse(String authority) {
    int length = authority.length();
    if (length == 0) {
      return Optional.empty();
    }
    int hostEnd;
    String host;
    if (authority.charAt(0) == '[') {
      int close = authority.indexOf(']');
      if (close < 0 || !isV6(authority, 1, close)) {
        return Optional.empty();
      }
      host = authority.substring(1, close).toLowerCase(Locale.ROOT);
      if (Cidr.literal(host).isEmpty()) {
        return Optional.empty();
      }
      hostEnd = close + 1;
    } else {
      int colon = authority.indexOf(':');
      hostEnd = colon < 0 ? length : colon;
      if (!isName(authority, hostEnd)) {
        return Optional.empty();
      }
      host = lowerCase(authority, hostEnd);
    }
    if (hostEnd == length) {
      return Optional.of(new HostPort(host, -1));
    }
    int port = authority.charAt(hostEnd) == ':' ? port(authority, hostEnd + 1) : -2;
    return port == -2 ? Optional.empty() : Optional.of(new HostPort(host, port));
  }

  /**
   * The normal form of an authority, as {@link #toString} writes it; empty when it is not valid.
   * What is in that form, as most are, comes back as it is.
   */
  public static Optional<String> normalized(String authority) {
    return isPlain(authority) ? Optional.of(authority) : parse(authority).map(HostPort::toString);
  }

  /** Whether it is plainly in its normal form: a name in lower case, and a port if any. */
  private static boolean isPlain(String text) {
    int end = 0;
    while (end < text.length() && isLower(text.charAt(end))) {
      end++;
    }
    if (end == 0 || end > MAX_HOST) {
      return false;
    }
    return end == text.length()
        || (text.charAt(end) == ':'
            && end + 1 < text.length()
            && text.charAt(end + 1) != '0'
            && port(text, end + 1) > 0);
  }

  private static boolean isLower(char c) {
    return c < LOWER.length && LOWER[c];
  }

  private static String lowerCase(String authority, int end) {
    String host = end == authority.length() ? authority : authority.substring(0, end);
    for (int i = 0; i < end; i++) {
      char c = host.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return host.toLowerCase(Locale.ROOT);
      }
    }
    return host;
  }

  /** An empty port counts as none (RFC 3986 §6.2.3); -2 when it is not a port. */
  private static int port(String text, int from) {
    if (from == text.length()) {
      return -1;
    }
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || i - from >= 5) {
        return -2;
      }
      port = port * 10 + (c - '0');
    }
    return port > 65535 ? -2 : port;
  }

  private static boolean isName(String text, int end) {
    if (end == 0 || end > MAX_HOST) {
      return false;
    }
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (!isLower(c) && (c < 'A' || c > 'Z')) {
        return false;
      }
    }
    return true;
  }

  /** Only the characters of an IPv6 address, so without a zone: that means nothing elsewhere. */
  private static boolean isV6(String text, int from, int to) {
    if (to - from < 2 || to - from > 45) {
      return false;
    }
    boolean colon = false;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':' && c != '.') {
        return false;
      }
      colon |= c == ':';
    }
    return colon;
  }

  /** The port, or {@code otherwise} where none was given. */
  public int portOr(int otherwise) {
    return port == -1 ? otherwise : port;
  }

  /** The same host with a port. */
  public HostPort withPort(int port) {
    return new HostPort(host, port);
  }

  /** The form for an authority: brackets round IPv6, no port where there is none. */
  @Override
  public String toString() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == -1 ? shown : shown + ":" + port;
  }
}
