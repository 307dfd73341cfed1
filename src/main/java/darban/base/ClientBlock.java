package darban.base;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one client where addresses are counted: an IPv4 address, or the first half of an
 * IPv6 address, since that much is given to each household (RFC 6177). Immutable.
 *
 * @param six whether it is of IPv6
 * @param bits the address or its half
 */
public record ClientBlock(boolean six, long bits) {
  /** The block of {@code address}. */
  public static ClientBlock of(InetAddress address) {
    return of(address.getAddress());
  }

  /** The block of the 4 or 16 bytes of an address. */
  public static ClientBlock of(byte[] address) {
    ByteBuffer bytes = ByteBuffer.wrap(address);
    return address.length == 4
        ? new ClientBlock(false, bytes.getInt())
        : new ClientBlock(true, bytes.getLong());
  }
}
