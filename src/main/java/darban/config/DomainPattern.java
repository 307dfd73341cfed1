package darban.config;

import darban.base.Cidr;
import darban.base.HostPort;
import java.net.IDN;
import java.util.Locale;
import java.util.Optional;

/**
 * Hosts by name: {@code example.com} is itself, {@code *.example.com} every host below it and not
 * itself, {@code *} every host. Kept in lower case, letters beyond ASCII as RFC 5890 §2.3.2.1
 * encodes them, an IPv6 address without brackets. Immutable.
 */
public record DomainPattern(String text) {
  private static final int LONGEST = 253;

  /** Every host. */
  public static final DomainPattern ANY = new DomainPattern("*");

  /** Reads a pattern; empty when it is none. */
  public static Optional<DomainPattern> parse(String text) {
    if (text.equals("*")) {
      return Optional.of(ANY);
    }
    if (text.startsWith("[") && text.endsWith("]")) {
      String literal = text.substring(1, text.length() - 1).toLowerCase(Locale.ROOT);
      boolean good = literal.indexOf(':') >= 0 && Cidr.literal(literal).isPresent();
      return good ? Optional.of(new DomainPattern(literal)) : Optional.empty();
    }
    boolean wild = text.startsWith("*.");
    return name(wild ? text.substring(2) : text)
        .map(name -> new DomainPattern(wild ? "*." + name : name));
  }

  private static Optional<String> name(String text) {
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    boolean odd = name.isEmpty() || name.startsWith(".") || name.endsWith(".");
    if (odd || name.length() > LONGEST || name.contains("..") || name.matches(".*[:~].*")) {
      return Optional.empty();
    }
    try {
      return HostPort.parse(IDN.toASCII(name)).map(HostPort::host).filter(Address::isHost);
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
  }

  /** Whether it is one host, not many. */
  public boolean isExact() {
    return !text.startsWith("*");
  }

  /** Whether {@code host}, in lower case and without a port, is one of them. */
  public boolean matches(String host) {
    if (isExact()) {
      return host.equals(text);
    }
    return text.length() == 1
        || (host.length() > text.length() - 1 && host.endsWith(text.substring(1)));
  }

  @Override
  public String toString() {
    return text;
  }
}
