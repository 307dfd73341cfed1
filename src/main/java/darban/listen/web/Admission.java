package darban.listen.web;

import darban.base.Cidr;
import darban.base.ClientBlock;
import darban.base.Tally;
import darban.config.Rate;
import darban.listen.Pressure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The doorkeeper of a listener: counts its connections, all together and by client address, and
 * says when there are too many or too many too quickly. Any thread.
 */
final class Admission {
  /** Why a connection may not stay; the word stands in the metrics. */
  enum Refused {
    CONNECTIONS,
    CONNECTIONS_OF_ADDRESS,
    NEW_OF_ADDRESS,
    HANDSHAKES_OF_ADDRESS,
    PRESSURE,
    STOPPING
  }

  private final Crowd crowd;
  private final Pressure pressure;
  private final List<Cidr> exempt;
  private final Tally begun;
  private final Tally handshakes;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<ClientBlock, Integer> openByAddress = new ConcurrentHashMap<>();

  /**
   * The doorkeeper of a listener.
   *
   * @param trusted proxies that bring many clients each
   * @param pressure says when there is no room for anybody
   */
  Admission(Crowd crowd, List<Cidr> trusted, Pressure pressure) {
    this.crowd = crowd;
    this.pressure = pressure;
    this.exempt = new ArrayList<>(crowd.exempt());
    this.exempt.addAll(trusted);
    this.begun = tally(crowd.begun());
    this.handshakes = tally(crowd.handshakes());
  }

  private static Tally tally(Rate rate) {
    return new Tally(rate.amount(), rate.per());
  }

  /** What {@code client} counts as; null for those who are not counted. */
  private @Nullable ClientBlock counted(SocketAddress client) {
    if (!(client instanceof InetSocketAddress inet)) {
      return null;
    }
    InetAddress address = inet.getAddress();
    for (Cidr block : exempt) {
      if (block.contains(address)) {
        return null;
      }
    }
    return ClientBlock.of(address);
  }

  /**
   * Admits one more connection of {@code client}, which is to be {@link #release released} when it
   * is over; or tells why not.
   *
   * @param secure whether it begins with a handshake
   */
  @Nullable Refused admit(SocketAddress client, boolean secure, long nanos) {
    ClientBlock block = counted(client);
    Refused refused = refusal(block, secure, nanos);
    if (refused != null) {
      return refused;
    }
    pressure.admitted();
    open.incrementAndGet();
    if (block != null) {
      openByAddress.merge(block, 1, Integer::sum);
    }
    return null;
  }

  private @Nullable Refused refusal(@Nullable ClientBlock block, boolean secure, long nanos) {
    if (pressure.exhausted()) {
      return Refused.PRESSURE;
    }
    if (crowd.open() > 0 && open.get() >= crowd.open()) {
      return Refused.CONNECTIONS;
    }
    if (block == null) {
      return null;
    }
    if (!begun.add(block, nanos)) {
      return Refused.NEW_OF_ADDRESS;
    }
    if (secure && !handshakes.add(block, nanos)) {
      return Refused.HANDSHAKES_OF_ADDRESS;
    }
    boolean full =
        crowd.perAddress() > 0 && openByAddress.getOrDefault(block, 0) >= crowd.perAddress();
    return full ? Refused.CONNECTIONS_OF_ADDRESS : null;
  }

  /** A connection that was admitted is over. */
  void release(SocketAddress client) {
    open.decrementAndGet();
    ClientBlock block = counted(client);
    if (block != null) {
      openByAddress.computeIfPresent(block, (same, n) -> n == 1 ? null : n - 1);
    }
  }
}
