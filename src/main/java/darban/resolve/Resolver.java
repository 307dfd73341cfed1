package darban.resolve;

import darban.base.Cidr;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Loop;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.transport.Transport;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a host: literals at once, names by the hosts file, else by the name
 * servers of the system, whose answers are kept for their time to live. Any event loop.
 *
 * <p>Both families are asked for at once, each by a query of its own, so that a server that has no
 * answer for one of them does not hold up the other (RFC 8305 §3). Each query goes out from a port
 * of its own, which makes forged answers a matter of luck (RFC 5452 §9.2).
 */
public final class Resolver {
  private static final long QUERY_MILLIS = 1_500;
  private static final int NEGATIVE_SECONDS = 5;

  /** How long the first answer waits for that of the other family. */
  private static final long OTHER_FAMILY_MILLIS = 50;

  private final HostsFile hosts;
  private final DnsServerAddressStreamProvider servers;

  /** One for each family: that a name has no address of the one says nothing of the other. */
  private final DnsCache fours = cache();

  private final DnsCache sixes = cache();

  private static DnsCache cache() {
    return new DefaultDnsCache(0, Integer.MAX_VALUE, NEGATIVE_SECONDS);
  }

  private final Map<Loop, Families> byLoop = new ConcurrentHashMap<>();

  /** Resolves as the system does. */
  public Resolver() {
    this(Path.of("/etc/hosts"), DnsServerAddressStreamProviders.platformDefault());
  }

  /** Resolves by a hosts file and name servers. */
  Resolver(Path hosts, DnsServerAddressStreamProvider servers) {
    this.hosts = new HostsFile(hosts);
    this.servers = servers;
  }

  /** The addresses of {@code host}, IPv6 and IPv4 in turn, IPv6 first (RFC 8305 §4). */
  public Future<List<InetAddress>> resolve(Loop loop, String host) {
    Optional<byte[]> literal = Cidr.literal(host);
    if (literal.isPresent()) {
      return Future.succeededFuture(List.of(address(host, literal.get())));
    }
    List<InetAddress> known = hosts.addresses(host, loop.nanos());
    if (!known.isEmpty()) {
      return Future.succeededFuture(interleaved(known));
    }
    return new Lookup(loop, host).start(byLoop.computeIfAbsent(loop, this::families));
  }

  private static InetAddress address(String host, byte[] bytes) {
    try {
      return InetAddress.getByAddress(host, bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Who asks for addresses of each family on one loop. */
  private record Families(DnsNameResolver four, DnsNameResolver six) {}

  private Families families(Loop loop) {
    return new Families(
        family(loop, ResolvedAddressTypes.IPV4_ONLY, fours),
        family(loop, ResolvedAddressTypes.IPV6_ONLY, sixes));
  }

  private DnsNameResolver family(Loop loop, ResolvedAddressTypes types, DnsCache cache) {
    EventLoop eventLoop = loop.eventLoop();
    Transport transport = ((VertxInternal) loop.vertx()).transport();
    return new DnsNameResolverBuilder(eventLoop)
        .datagramChannelFactory(transport.datagramChannelFactory())
        .socketChannelFactory(() -> (SocketChannel) transport.channelFactory(false).newChannel())
        .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
        .nameServerProvider(servers)
        .resolvedAddressTypes(types)
        .hostsFileEntriesResolver(NO_HOSTS)
        .resolveCache(cache)
        .queryTimeoutMillis(QUERY_MILLIS)
        .build();
  }

  /** We have looked there already. */
  private static final HostsFileEntriesResolver NO_HOSTS = (host, types) -> null;

  /** One name that is asked for. Event loop; used once. */
  private static final class Lookup {
    private final Loop loop;
    private final String host;
    private final Promise<List<InetAddress>> promise;
    private final List<InetAddress> found = new ArrayList<>();
    private int running = 2;
    private @Nullable Throwable failure;

    Lookup(Loop loop, String host) {
      this.loop = loop;
      this.host = host;
      this.promise = loop.context().promise();
    }

    Future<List<InetAddress>> start(Families families) {
      ask(families.six());
      ask(families.four());
      return promise.future();
    }

    private void ask(DnsNameResolver family) {
      family
          .resolveAll(host)
          .addListener((io.netty.util.concurrent.Future<List<InetAddress>> answer) -> {
            running--;
            if (answer.isSuccess()) {
              found.addAll(answer.getNow());
            } else if (failure == null || !isLate(failure)) {
              failure = answer.cause();
            }
            look();
          });
    }

    private void look() {
      if (running == 0) {
        done();
      } else if (!found.isEmpty()) {
        loop.eventLoop().schedule(this::done, OTHER_FAMILY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void done() {
      if (!found.isEmpty()) {
        promise.tryComplete(interleaved(found));
      } else {
        promise.tryFail(failed());
      }
    }

    private Failure failed() {
      boolean late = failure != null && isLate(failure);
      Throwable cause = failure == null ? new UnknownHostException(host) : failure;
      return Failure.of(late ? Kind.DNS_TIMEOUT : Kind.DNS_ERROR, "cannot resolve the host", cause)
          .detailed(host)
          .retry(Retry.ALWAYS);
    }

    private static boolean isLate(Throwable cause) {
      return cause instanceof DnsNameResolverTimeoutException
          || cause.getCause() instanceof DnsNameResolverTimeoutException;
    }
  }

  /** One of each family in turn, so that a dead family costs one delay and not one an address. */
  static List<InetAddress> interleaved(List<InetAddress> addresses) {
    List<InetAddress> six = new ArrayList<>();
    List<InetAddress> four = new ArrayList<>();
    for (InetAddress each : addresses) {
      (each instanceof Inet6Address ? six : four).add(each);
    }
    List<InetAddress> turn = new ArrayList<>(addresses.size());
    for (int i = 0; i < Math.max(six.size(), four.size()); i++) {
      if (i < six.size()) {
        turn.add(six.get(i));
      }
      if (i < four.size()) {
        turn.add(four.get(i));
      }
    }
    return turn;
  }
}
