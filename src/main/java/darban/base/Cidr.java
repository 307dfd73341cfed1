package darban.base;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A block of addresses (RFC 4632, RFC 4291 §2.3). IPv4 written as IPv4-mapped IPv6 counts as IPv4,
 * so {@code ::ffff:127.0.0.1} cannot slip past {@code 127.0.0.0/8}. Immutable.
 */
public final class Cidr {
  private final byte[] network;
  private final int prefix;

  private Cidr(byte[] network, int prefix) {
    this.network = network;
    this.prefix = prefix;
  }

  /** Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address; empty when it is neither. */
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    Optional<byte[]> bytes = literal(address);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    int bits = bytes.get().length * 8;
    int prefix = slash < 0 ? bits : prefix(text.substring(slash + 1), bits);
    return prefix < 0 ? Optional.empty() : Optional.of(new Cidr(bytes.get(), prefix));
  }

  private static int prefix(String text, int bits) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int prefix = Integer.parseInt(text);
    return prefix > bits ? -1 : prefix;
  }

  /** The bytes of an address literal, 4 or 16; empty for a name. Never asks a name server. */
  public static Optional<byte[]> literal(String text) {
    boolean v6 = text.indexOf(':') >= 0;
    boolean v4 = !v6 && isDottedQuad(text);
    if (!v4 && !v6) {
      return Optional.empty();
    }
    try {
      // A text with a colon or of four numbers is parsed, never looked up.
      return Optional.of(InetAddress.getByName(v6 ? "[" + text + "]" : text).getAddress());
    } catch (UnknownHostException notAnAddress) {
      return Optional.empty();
    }
  }

  private static boolean isDottedQuad(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty()
          || part.length() > 3
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')
          || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code address} lies in this block. */
  public boolean contains(InetAddress address) {
    return contains(address.getAddress());
  }

  /** As {@link #contains(InetAddress)}, for the 4 or 16 bytes of an address. */
  public boolean contains(byte[] address) {
    byte[] bytes = unmapped(address);
    if (bytes.length != network.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (bytes[i] != network[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((bytes[whole] ^ network[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
  }

  private static byte[] unmapped(byte[] address) {
    if (address.length != 16 || address[10] != -1 || address[11] != -1) {
      return address;
    }
    for (int i = 0; i < 10; i++) {
      if (address[i] != 0) {
        return address;
      }
    }
    return java.util.Arrays.copyOfRange(address, 12, 16);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Cidr other
        && prefix == other.prefix
        && java.util.Arrays.equals(network, other.network);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(network) * 31 + prefix;
  }

  @Override
  public String toString() {
    try {
      return InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
