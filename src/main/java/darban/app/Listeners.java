package darban.app;

import darban.config.Address;
import darban.exchange.Exchanges;
import darban.flow.Loop;
import darban.listen.Binding;
import darban.listen.Pressure;
import darban.listen.web.WebConfig;
import darban.listen.web.WebListener;
import darban.observe.Meters;
import darban.tls.Tls;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The listeners that are open, and those that were and still carry something. Any thread; one
 * change at a time.
 *
 * <pre>
 *   the next configuration says     what becomes of a listener
 *   the same                        stays, its connections are served by the new routes
 *   something else                  a new one takes over its sockets; its connections may end
 *   nothing                         takes no more; its connections may end
 * </pre>
 */
final class Listeners {
  private final List<Loop> loops;
  private final Meters meters;
  private final Tls tls;
  private final Pressure pressure;
  private final Set<WebListener> leaving = ConcurrentHashMap.newKeySet();
  private volatile Map<String, WebListener> open = Map.of();
  private volatile @Nullable InetSocketAddress control;

  Listeners(List<Loop> loops, Meters meters, Tls tls, Pressure pressure) {
    this.pressure = pressure;
    this.loops = loops;
    this.meters = meters;
    this.tls = tls;
  }

  /** Those that are open. */
  Collection<WebListener> open() {
    return open.values();
  }

  /** The addresses bound, by listener. */
  Map<String, String> addresses() {
    Map<String, String> shown = new LinkedHashMap<>();
    open.forEach((name, listener) -> shown.put(name, Binding.show(listener.address())));
    return shown;
  }

  /** Where the control plane listens, which is no listener but nobody's business either. */
  void control(@Nullable InetSocketAddress address) {
    control = address;
  }

  /** Whether one of them, or the control plane, is at that address. */
  boolean listenOn(InetAddress address, int port) {
    for (WebListener listener : open.values()) {
      if (isAt(listener.address(), address, port)) {
        return true;
      }
    }
    return isAt(control, address, port);
  }

  private static boolean isAt(@Nullable SocketAddress ours, InetAddress address, int port) {
    return ours instanceof InetSocketAddress bound
        && bound.getPort() == port
        && (bound.getAddress().equals(address)
            || (bound.getAddress().isAnyLocalAddress() && isLocal(address))
            || (address.isAnyLocalAddress() && isLocal(bound.getAddress())));
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException unknown) {
      return true;
    }
  }

  /** Does what the pressure asks for: each takes connections or not, and keeps idle ones or not. */
  void adapt(Pressure.State state) {
    all().forEach(each -> each.adapt(state));
  }

  // A change

  /**
   * What a configuration makes of the listeners: prepared, but not in force before {@link #commit}.
   */
  final class Change {
    private final Map<String, WebListener> next = new LinkedHashMap<>();
    private final List<WebListener> fresh = new ArrayList<>();
    private final Set<WebListener> replaced = new HashSet<>();

    /**
     * Puts it in force.
     *
     * @param services what connections share, by loop and listener
     * @return completes when no request comes any more that is served as before: by connections of
     *     listeners that nobody has replaced
     */
    Future<@Nullable Void> commit(BiFunction<Loop, String, Exchanges.Service> services) {
      List<WebListener> left =
          open.values().stream().filter(each -> !next.containsValue(each)).toList();
      next.forEach((name, listener) -> {
        if (fresh.contains(listener)) {
          listener.open(loop -> services.apply(loop, name));
        } else {
          listener.serve(loop -> services.apply(loop, name));
        }
      });
      open = Collections.unmodifiableMap(next);
      List<Future<?>> alone = new ArrayList<>();
      for (WebListener each : left) {
        Future<?> gone = leave(each);
        if (!replaced.contains(each)) {
          alone.add(gone);
        }
      }
      return Future.join(alone).mapEmpty();
    }

    /** Closes what was prepared. */
    Future<@Nullable Void> undo() {
      return Future.join(fresh.stream().map(WebListener::close).toList()).mapEmpty();
    }

    /** What it changes, by the names of listeners. */
    Summary summary(Collection<String> before) {
      List<String> changed = fresh.stream().map(WebListener::name).toList();
      return new Summary(
          next.keySet().stream().filter(name -> !changed.contains(name)).toList(),
          changed,
          before.stream().filter(name -> !next.containsKey(name)).toList());
    }
  }

  /** Names of listeners that stayed as they were, that are new or other than before, and gone. */
  record Summary(List<String> kept, List<String> opened, List<String> gone) {
    @Override
    public String toString() {
      return "listeners kept: %s; opened or changed: %s; closed: %s"
          .formatted(words(kept), words(opened), words(gone));
    }

    private static String words(List<String> names) {
      return names.isEmpty() ? "none" : String.join(", ", names);
    }
  }

  /** Prepares what {@code wanted} needs; where that fails nothing has changed. */
  Future<Change> prepare(Map<String, WebConfig> wanted, boolean passwords) {
    Change change = new Change();
    Predicate<WebListener> same =
        each -> {
          WebConfig config = wanted.get(each.name());
          return config != null && each.is(config, passwords);
        };
    List<WebListener> others =
        new ArrayList<>(open.values().stream().filter(same.negate()).toList());
    Future<?> all = Future.succeededFuture();
    for (Map.Entry<String, WebConfig> each : wanted.entrySet()) {
      String name = each.getKey();
      WebConfig config = each.getValue();
      WebListener now = open.get(name);
      if (now != null && same.test(now)) {
        change.next.put(name, now);
        continue;
      }
      WebListener made = new WebListener(name, config, passwords, loops, meters, pressure);
      change.next.put(name, made);
      WebListener before = replaced(others, name, config.address());
      if (before != null) {
        others.remove(before);
        change.replaced.add(before);
      }
      boolean shared = open.values().stream().anyMatch(it -> collide(it, config));
      all =
          all.compose(done -> made.prepare(tls, before, shared))
              .onSuccess(done -> change.fresh.add(made));
    }
    return all.map(change)
        .recover(why -> change.undo().transform(done -> Future.failedFuture(why)));
  }

  /** The one whose sockets a listener takes over: where it asks for any port, of its own name. */
  private static @Nullable WebListener replaced(
      Collection<WebListener> others, String name, Address address) {
    boolean any = address instanceof Address.Tcp(String host, int port) && port == 0;
    return others.stream()
        .filter(each -> each.config().address().equals(address))
        .filter(each -> !any || each.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static boolean collide(WebListener listener, WebConfig config) {
    return listener.config().address().collidesWith(config.address());
  }

  // The end

  /** Lets it go; completes when its last connection is closed. */
  private Future<?> leave(WebListener listener) {
    leaving.add(listener);
    return listener
        .retire()
        .transform(gone -> listener.close())
        .onComplete(closed -> leaving.remove(listener));
  }

  private Stream<WebListener> all() {
    return Stream.concat(open.values().stream(), leaving.stream());
  }

  /** Takes nothing new; completes when nothing is under way any more. */
  Future<@Nullable Void> drain() {
    return Future.all(all().map(WebListener::drain).toList()).mapEmpty();
  }

  /** Ends everything now. */
  Future<@Nullable Void> close() {
    return Future.join(all().map(WebListener::close).toList()).mapEmpty();
  }
}
