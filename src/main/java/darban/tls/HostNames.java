package darban.tls;

import darban.base.Cidr;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/**
 * Host names and addresses as certificates and clients write them (RFC 6066 §3, RFC 9525 §6.3).
 * Names are kept in lower case without the final dot, addresses in their shortest form. Pure, any
 * thread.
 */
final class HostNames {
  private static final int MAX_NAME = 253;
  private static final int MAX_LABEL = 63;

  private HostNames() {}

  /** The one form of a host name or address; empty when {@code text} is neither (RFC 1123 §2.1). */
  static Optional<String> normal(String text) {
    Optional<String> address = address(text);
    if (address.isPresent()) {
      return address;
    }
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return isName(name) ? Optional.of(name.toLowerCase(Locale.ROOT)) : Optional.empty();
  }

  /** As {@link #normal}, and {@code *.example} too: a name that a certificate may carry. */
  static Optional<String> pattern(String text) {
    return text.startsWith("*.")
        ? normal(text.substring(2)).filter(rest -> !isAddress(rest)).map(rest -> "*." + rest)
        : normal(text);
  }

  /** The shortest form of an address literal; empty for anything else. */
  static Optional<String> address(String text) {
    if (text.indexOf('%') >= 0) {
      return Optional.empty();
    }
    return Cidr.literal(text).map(HostNames::format);
  }

  private static String format(byte[] address) {
    try {
      return NetUtil.toAddressString(InetAddress.getByAddress(address));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static boolean isAddress(String name) {
    return address(name).isPresent();
  }

  /** The wildcard that covers {@code name}: its first label replaced; empty where none can. */
  static Optional<String> wildcard(String name) {
    int dot = name.indexOf('.');
    return dot <= 0 || dot == name.length() - 1 || isAddress(name)
        ? Optional.empty()
        : Optional.of("*" + name.substring(dot));
  }

  /** Whether a certificate's {@code pattern} stands for {@code name}; both in their one form. */
  static boolean matches(String pattern, String name) {
    return pattern.equals(name) || wildcard(name).filter(pattern::equals).isPresent();
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return false;
    }
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!isLabel(label)) {
        return false;
      }
    }
    // A name whose last label is a number would be read as an address (RFC 3696 §2).
    return !labels[labels.length - 1].chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isLabel(String label) {
    int length = label.length();
    if (length == 0 || length > MAX_LABEL || label.charAt(0) == '-') {
      return false;
    }
    return label.charAt(length - 1) != '-'
        && label.chars().allMatch(HostNames::isLetterDigitHyphen);
  }

  private static boolean isLetterDigitHyphen(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }
}
