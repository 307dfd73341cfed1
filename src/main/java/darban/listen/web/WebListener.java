package darban.listen.web;

import darban.base.Cidr;
import darban.base.Failure;
import darban.config.Address;
import darban.exchange.Exchanges;
import darban.exchange.Peer;
import darban.flow.Loop;
import darban.listen.Binding;
import darban.listen.Pressure;
import darban.observe.Meters;
import darban.protocol.ServerConnection;
import darban.protocol.ServerOptions;
import darban.protocol.h1.Http1Server;
import darban.protocol.h2.Http2Server;
import darban.protocol.h3.Http3Server;
import darban.protocol.socks.SocksServer;
import darban.tls.ServerTls;
import darban.tls.ServerTlsSettings;
import darban.tls.Tls;
import darban.tls.TlsSession;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One listener of a running configuration, on all event loops. Started and closed by the graph that
 * holds it; what happens on a connection happens on that connection's loop.
 */
public final class WebListener {
  /** A client that has just been answered may be about to ask again. */
  private static final long SHED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final WebConfig config;
  private final List<Loop> loops;
  private final Function<Loop, Exchanges.Service> services;
  private final Meters meters;
  private final boolean passwords;
  private final Pressure pressure;
  private final Admission admission;
  private final Map<Loop, Set<Channel>> connections = new ConcurrentHashMap<>();
  private @Nullable ServerTls tls;
  private @Nullable Binding binding;
  private @Nullable QuicBinding quicBinding;
  private @Nullable String altSvc;

  /**
   * A listener, not bound yet.
   *
   * @param services what its connections share on each loop
   * @param passwords whether a forward listener asks for names and passwords
   * @param pressure says when nobody more can be served
   */
  public WebListener(
      String name,
      WebConfig config,
      List<Loop> loops,
      Function<Loop, Exchanges.Service> services,
      Meters meters,
      boolean passwords,
      Pressure pressure) {
    this.name = name;
    this.config = config;
    this.loops = loops;
    this.services = services;
    this.meters = meters;
    this.passwords = passwords;
    this.pressure = pressure;
    this.admission = new Admission(config.crowd(), config.trustedProxies(), pressure);
    loops.forEach(loop -> connections.put(loop, new HashSet<>()));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its TLS, or null. */
  public @Nullable ServerTls tls() {
    return tls;
  }

  /** The address bound, once started. */
  public SocketAddress address() {
    return java.util.Objects.requireNonNull(binding).address();
  }

  /** Loads certificates and binds. */
  public Future<WebListener> start(Tls tlsOfProcess) {
    return loadTls(tlsOfProcess)
        .compose(loaded -> Binding.bind(loops, socketAddress(), this::accept))
        .compose(this::bindQuic)
        .map(this)
        .onFailure(why -> close());
  }

  private Future<@Nullable Void> loadTls(Tls tlsOfProcess) {
    if (config.tls().isEmpty()) {
      return Future.succeededFuture();
    }
    TlsConfig wanted = config.tls().get();
    ServerTlsSettings settings =
        new ServerTlsSettings(
            wanted.certificates(),
            wanted.clients(),
            wanted.minVersion(),
            alpn(),
            config.protocols().contains(WebConfig.Protocol.H3) ? List.of("h3") : List.of(),
            config.options().timeouts().handshake());
    return loops
        .getFirst()
        .vertx()
        .executeBlocking(
            () -> {
              tls = tlsOfProcess.server(settings);
              return null;
            },
            false);
  }

  private List<String> alpn() {
    List<String> protocols = new ArrayList<>(2);
    if (config.protocols().contains(WebConfig.Protocol.H2)) {
      protocols.add("h2");
    }
    if (config.protocols().contains(WebConfig.Protocol.H1)) {
      protocols.add("http/1.1");
    }
    return protocols;
  }

  private SocketAddress socketAddress() {
    return switch (config.address()) {
      case Address.Tcp tcp when tcp.host().isEmpty() -> new InetSocketAddress(tcp.port());
      case Address.Tcp tcp -> new InetSocketAddress(tcp.host(), tcp.port());
      case Address.Unix unix -> new DomainSocketAddress(removed(unix.path()).toString());
      case Address.Udp udp -> throw new IllegalStateException("HTTP on a UDP address");
    };
  }

  /** A socket file that nobody listens on any more would stand in the way. */
  private static Path removed(Path socket) {
    try {
      if (socket.getParent() != null) {
        java.nio.file.Files.createDirectories(socket.getParent());
      }
      java.nio.file.Files.deleteIfExists(socket);
    } catch (java.io.IOException e) {
      throw Failure.of(darban.base.Kind.INTERNAL, "cannot make room for " + socket, e);
    }
    return socket;
  }

  private Future<@Nullable Void> bindQuic(Binding bound) {
    binding = bound;
    ServerTls secure = tls;
    if (secure == null || secure.quic().isEmpty()) {
      return Future.succeededFuture();
    }
    InetSocketAddress address = (InetSocketAddress) bound.address();
    altSvc = "h3=\":" + address.getPort() + "\"; ma=86400";
    return QuicBinding.bind(loops, address, secure, config.options(), this::acceptQuic)
        .map(quic -> {
          quicBinding = quic;
          return null;
        });
  }

  // Connections

  private void accept(Loop loop, Channel channel) {
    if (!admitted(loop, channel, channel.remoteAddress())) {
      return;
    }
    ServerTls secure = tls;
    ChannelPipeline pipeline = channel.pipeline();
    if (secure != null) {
      pipeline.addLast(secure.handler());
      pipeline.addLast(new AfterHandshake(protocol -> speak(loop, channel, protocol)));
    } else {
      Set<String> spoken = spokenInClear();
      pipeline.addLast(
          spoken.size() == 1
              ? speak(loop, channel, spoken.iterator().next())
              : new Sniffer(
                  loop,
                  config.options().timeouts().head(),
                  spoken,
                  protocol -> speak(loop, channel, protocol)));
    }
  }

  private boolean admitted(Loop loop, Channel channel, SocketAddress client) {
    Admission.Refused refused = admission.admit(client, tls != null, loop.nanos());
    if (binding != null && !pressure.admits()) {
      // The others wait, until the next look finds room for them.
      binding.accepting(false);
    }
    if (refused != null) {
      meters.refused(name, refused.name());
      channel.close();
      return false;
    }
    keep(loop, channel);
    channel.closeFuture().addListener(closed -> admission.release(client));
    return true;
  }

  private Set<String> spokenInClear() {
    Set<String> spoken = new HashSet<>(alpn());
    if (config.mode() == WebConfig.Mode.FORWARD) {
      spoken.add("socks");
    }
    return spoken;
  }

  private void keep(Loop loop, Channel channel) {
    Set<Channel> open = java.util.Objects.requireNonNull(connections.get(loop));
    open.add(channel);
    channel.closeFuture().addListener(closed -> open.remove(channel));
  }

  /** The last handler of a connection's pipeline, for the protocol it turned out to speak. */
  private ChannelHandler speak(Loop loop, Channel channel, String protocol) {
    Peer peer = peer(channel, channel.remoteAddress(), channel.localAddress());
    Exchanges exchanges = new Exchanges(services.apply(loop), peer);
    ServerOptions options = config.options();
    return switch (protocol) {
      case "h2" -> {
        count(channel, "h2");
        yield new Http2Server(loop, options, exchanges);
      }
      case "socks" -> {
        count(channel, "socks");
        yield new SocksServer(loop, options, exchanges, passwords);
      }
      default -> {
        count(channel, "h1");
        yield new Http1Server(loop, options, exchanges);
      }
    };
  }

  private void acceptQuic(Loop loop, QuicChannel channel) {
    SocketAddress client = java.util.Objects.requireNonNull(channel.remoteSocketAddress());
    if (pressure.state() != Pressure.State.EASY) {
      // There is no queue in which it could wait.
      meters.refused(name, Admission.Refused.PRESSURE.name());
      channel.close();
      return;
    }
    if (!admitted(loop, channel, client)) {
      return;
    }
    count(channel, "h3");
    SocketAddress local = java.util.Objects.requireNonNull(channel.localSocketAddress());
    Http3Server.install(
        loop,
        config.options(),
        () -> new Exchanges(services.apply(loop), peer(channel, client, local)),
        channel);
  }

  private void count(Channel channel, String protocol) {
    var open = meters.connections(name, protocol);
    open.increment();
    channel.closeFuture().addListener(closed -> open.decrement());
  }

  private Peer peer(Channel channel, SocketAddress client, SocketAddress local) {
    Peer.TlsFacts facts =
        TlsSession.of(channel)
            .map(session ->
                new Peer.TlsFacts(
                    session.protocol(),
                    session.cipher(),
                    session.serverName().orElse(null),
                    session.peer().map(peer -> peer.subject()).orElse(null)))
            .orElse(null);
    boolean trusted =
        client instanceof InetSocketAddress inet
            && config.trustedProxies().stream()
                .anyMatch(block -> block.contains(inet.getAddress()));
    String address =
        client instanceof InetSocketAddress inet
            ? NetUtil.toAddressString(inet.getAddress())
            : "unix";
    return new Peer(name, address, client, local, tls != null, trusted, facts, altSvc);
  }

  /** Whether an address is one of the trusted proxies. */
  public boolean trusts(byte[] address) {
    for (Cidr block : config.trustedProxies()) {
      if (block.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Does what the pressure asks for: takes new connections or not, closes those that are idle. */
  public void adapt(Pressure.State state) {
    boolean easy = state == Pressure.State.EASY;
    if (binding != null) {
      binding.accepting(easy);
    }
    if (!easy) {
      long idle = state == Pressure.State.REFUSING ? 0 : SHED_AFTER_NANOS;
      loops.forEach(loop -> loop.execute(() -> shed(loop, loop.nanos() - idle)));
    }
  }

  private void shed(Loop loop, long since) {
    for (Channel channel : open(loop)) {
      ServerConnection connection = connection(channel);
      if (connection != null && connection.idleSince(since)) {
        connection.drain();
      }
    }
  }

  // The end

  /** Takes no new connections; idle ones close, the others when what they do is done. */
  public Future<@Nullable Void> drain() {
    Future<Void> stopped = binding == null ? Future.succeededFuture() : binding.close();
    loops.forEach(loop -> loop.execute(() -> drainLoop(loop)));
    return stopped.mapEmpty();
  }

  private void drainLoop(Loop loop) {
    for (Channel channel : open(loop)) {
      ServerConnection connection = connection(channel);
      if (connection != null) {
        connection.drain();
      }
    }
  }

  private List<Channel> open(Loop loop) {
    return List.copyOf(java.util.Objects.requireNonNull(connections.get(loop)));
  }

  private static @Nullable ServerConnection connection(Channel channel) {
    for (Map.Entry<String, ChannelHandler> each : channel.pipeline()) {
      if (each.getValue() instanceof ServerConnection connection) {
        return connection;
      }
    }
    return null;
  }

  /** Completes when no connection is open any more. */
  public Future<@Nullable Void> drained() {
    List<Future<@Nullable Void>> all = new ArrayList<>();
    for (Loop loop : loops) {
      Promise<@Nullable Void> promise = Promise.promise();
      loop.execute(() -> whenEmpty(loop, promise));
      all.add(promise.future());
    }
    return Future.all(all).mapEmpty();
  }

  private void whenEmpty(Loop loop, Promise<@Nullable Void> promise) {
    List<Channel> open = open(loop);
    if (open.isEmpty()) {
      promise.complete();
    } else {
      open.getFirst()
          .closeFuture()
          .addListener(closed -> loop.execute(() -> whenEmpty(loop, promise)));
    }
  }

  /** Closes everything now. */
  public Future<@Nullable Void> close() {
    List<Future<?>> closed = new ArrayList<>();
    if (binding != null) {
      closed.add(binding.close());
    }
    for (Loop loop : loops) {
      Promise<@Nullable Void> promise = Promise.promise();
      loop.execute(() -> {
        open(loop).forEach(Channel::close);
        whenEmpty(loop, promise);
      });
      closed.add(promise.future());
    }
    return Future.join(closed)
        .compose(done -> quicBinding == null ? Future.succeededFuture() : quicBinding.close())
        .onComplete(done -> {
          if (tls != null) {
            tls.close();
          }
        })
        .mapEmpty();
  }
}
