package darban.resolve;

import darban.base.Cidr;
import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the addresses of a host: literals at once, names by the resolver of Vert.x, which reads the
 * hosts file, asks the name servers and keeps their answers for their time to live. Any event loop.
 */
public final class Resolver {
  /** The addresses of {@code host}, IPv6 and IPv4 in turn, IPv6 first (RFC 8305 §4). */
  public Future<List<InetAddress>> resolve(Loop loop, String host) {
    Optional<byte[]> literal = Cidr.literal(host);
    if (literal.isPresent()) {
      return Future.succeededFuture(List.of(address(host, literal.get())));
    }
    Promise<List<InetAddress>> promise = loop.context().promise();
    ((VertxInternal) loop.vertx())
        .nameResolver()
        .resolveAll(loop.eventLoop(), host)
        .addListener(found -> {
          if (found.isSuccess()) {
            @SuppressWarnings("unchecked")
            List<InetSocketAddress> addresses = (List<InetSocketAddress>) found.getNow();
            promise.complete(interleaved(addresses));
          } else {
            promise.fail(failure(host, found.cause()));
          }
        });
    return promise.future();
  }

  private static InetAddress address(String host, byte[] bytes) {
    try {
      return InetAddress.getByAddress(host, bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Failure failure(String host, Throwable cause) {
    boolean late = cause instanceof io.netty.resolver.dns.DnsNameResolverTimeoutException;
    return Failure.of(late ? Kind.DNS_TIMEOUT : Kind.DNS_ERROR, "cannot resolve the host", cause)
        .detailed(host)
        .retry(Retry.ALWAYS);
  }

  /** One of each family in turn, so that a dead family costs one delay and not one an address. */
  static List<InetAddress> interleaved(List<InetSocketAddress> addresses) {
    List<InetAddress> six = new ArrayList<>();
    List<InetAddress> four = new ArrayList<>();
    for (InetSocketAddress each : addresses) {
      (each.getAddress() instanceof java.net.Inet6Address ? six : four).add(each.getAddress());
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
