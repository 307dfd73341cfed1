package darban.resolve;

import darban.base.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * Decides which addresses may be dialled on behalf of a stranger. It is asked about the very
 * address that is dialled next, after resolution. Immutable, any thread.
 */
@FunctionalInterface
public interface AddressGuard {
  /** Lets everything pass: for origins that the operator named. */
  AddressGuard NONE = (address, port) -> true;

  /** Whether that address may be dialled. */
  boolean allows(InetAddress address, int port);

  /**
   * Lets public addresses pass, and what {@code exceptions} name. Not public are the blocks of RFC
   * 6890: loopback, private, shared, link-local (where clouds keep their metadata), multicast,
   * reserved; and IPv6 addresses that carry such an IPv4 address inside.
   */
  static AddressGuard publicOnly(List<AddressGuard> exceptions) {
    return (address, port) ->
        !PrivateBlocks.contain(address)
            || exceptions.stream().anyMatch(each -> each.allows(address, port));
  }

  /** Lets a block pass, on any port. */
  static AddressGuard block(Cidr block) {
    return (address, port) -> block.contains(address);
  }

  /** Lets one address and port pass. */
  static AddressGuard single(Cidr address, int port) {
    return (each, itsPort) -> itsPort == port && address.contains(each);
  }

  /** Both must let it pass. */
  default AddressGuard and(AddressGuard other) {
    return (address, port) -> allows(address, port) && other.allows(address, port);
  }

  /** The blocks that are not public. */
  final class PrivateBlocks {
    private static final List<Cidr> ALL =
        Stream.of(
                "0.0.0.0/8",
                "10.0.0.0/8",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.0.0.0/24",
                "192.0.2.0/24",
                "192.88.99.0/24",
                "192.168.0.0/16",
                "198.18.0.0/15",
                "198.51.100.0/24",
                "203.0.113.0/24",
                "224.0.0.0/4",
                "240.0.0.0/4",
                "::/128",
                "::1/128",
                "100::/64",
                "2001:db8::/32",
                "fc00::/7",
                "fe80::/10",
                "fec0::/10",
                "ff00::/8")
            .map(text -> Cidr.parse(text).orElseThrow())
            .toList();
    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96").orElseThrow();
    private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16").orElseThrow();
    private static final Cidr COMPATIBLE = Cidr.parse("::/96").orElseThrow();

    private PrivateBlocks() {}

    static boolean contain(InetAddress address) {
      byte[] bytes = address.getAddress();
      if (isIn(bytes)) {
        return true;
      }
      if (bytes.length != 16) {
        return false;
      }
      int at =
          NAT64.contains(bytes) || COMPATIBLE.contains(bytes)
              ? 12
              : SIX_TO_FOUR.contains(bytes) ? 2 : -1;
      return at >= 0 && isIn(java.util.Arrays.copyOfRange(bytes, at, at + 4));
    }

    private static boolean isIn(byte[] address) {
      for (Cidr block : ALL) {
        if (block.contains(address)) {
          return true;
        }
      }
      return false;
    }
  }
}
