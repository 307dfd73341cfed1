package darban.listen.web;

import darban.base.Limits;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the open connections of a listener, all together and by client address, and says when
 * there are too many. An IPv6 client is its /64, since that is what one client has (RFC 6177). Any
 * thread.
 */
final class Admission {
  private static final int IPV6_PREFIX_BYTES = 8;

  private final int most;
  private final int mostPerAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<ByteBuffer, Integer> byAddress = new ConcurrentHashMap<>();

  Admission(Limits limits) {
    this.most = limits.connections();
    this.mostPerAddress = limits.connectionsPerAddress();
  }

  /** The part of an address that counts as one client; null for those who are not counted. */
  private static @Nullable ByteBuffer key(SocketAddress client) {
    if (!(client instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress()) {
      return null;
    }
    byte[] bytes = inet.getAddress().getAddress();
    return ByteBuffer.wrap(bytes.length == 4 ? bytes : Arrays.copyOf(bytes, IPV6_PREFIX_BYTES));
  }

  /** Whether one more connection of {@code client} may stay; if so it is counted. */
  boolean admit(SocketAddress client) {
    if (open.incrementAndGet() > most && most > 0) {
      open.decrementAndGet();
      return false;
    }
    ByteBuffer key = mostPerAddress == 0 ? null : key(client);
    if (key != null && byAddress.merge(key, 1, Integer::sum) > mostPerAddress) {
      release(client);
      return false;
    }
    return true;
  }

  /** A connection that was admitted is closed. */
  void release(SocketAddress client) {
    open.decrementAndGet();
    ByteBuffer key = mostPerAddress == 0 ? null : key(client);
    if (key != null) {
      byAddress.computeIfPresent(key, (same, n) -> n == 1 ? null : n - 1);
    }
  }
}
