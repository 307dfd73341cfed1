package darban.listen.web;

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
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One listener, on all event loops. What happens on a connection happens on that connection's loop;
 * all else on any thread.
 *
 * <pre>
 *   prepare ─► open ─► … serve (another configuration) … ─► retire or drain ─► close
 *      │         ▲
 *      │         └ takes over the sockets of the listener it replaces
 *      └ certificates loaded, sockets bound: nothing is taken yet, close undoes it
 * </pre>
 */
public final class WebListener {
  /** A client that has just been answered may be about to ask again. */
  private static final long SHED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final WebConfig config;
  private final boolean passwords;
  private final List<Loop> loops;
  private final Meters meters;
  private final Pressure pressure;
  private final Admission admission;
  private final Connections connections;
  private final Map<Loop, AtomicReference<Exchanges.Service>> services = new HashMap<>();
  private @Nullable ServerTls tls;
  private @Nullable Binding binding;
  private @Nullable QuicBinding quicBinding;
  private @Nullable String altSvc;
  private @Nullable WebListener before;
  private Future<@Nullable Void> elder = Future.succeededFuture();
  private final Promise<@Nullable Void> gone = Promise.promise();
  private volatile @Nullable Consumer<ServerConnection> farewell;

  /**
   * A listener, not bound yet.
   *
   * @param passwords whether a forward listener asks for names and passwords
   * @param pressure says when nobody more can be served
   */
  public WebListener(
      String name,
      WebConfig config,
      boolean passwords,
      List<Loop> loops,
      Meters meters,
      Pressure pressure) {
    this.name = name;
    this.config = config;
    this.passwords = passwords;
    this.loops = loops;
    this.meters = meters;
    this.pressure = pressure;
    this.admission = new Admission(config.crowd(), config.trustedProxies(), pressure);
    this.connections = new Connections(loops);
    loops.forEach(loop -> services.put(loop, new AtomicReference<>()));
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** What it was made from. */
  public WebConfig config() {
    return config;
  }

  /** Whether it is what these would make. */
  public boolean is(WebConfig config, boolean passwords) {
    return this.config.equals(config)
        && (this.passwords == passwords || config.mode() == WebConfig.Mode.HTTP);
  }

  /** Its TLS, or null. */
  public @Nullable ServerTls tls() {
    return tls;
  }

  /** The address bound, once prepared. */
  public SocketAddress address() {
    return Objects.requireNonNull(binding).address();
  }

  // The beginning

  /**
   * Loads certificates and binds what is not bound already.
   *
   * @param before the listener on the same address that this one replaces, or null
   * @param shared whether a listener that will go holds a part of the address
   */
  public Future<WebListener> prepare(
      Tls tlsOfProcess, @Nullable WebListener before, boolean shared) {
    this.before = before;
    return loadTls(tlsOfProcess)
        .compose(loaded ->
            before != null && before.binding != null
                ? Future.succeededFuture(before.binding)
                : Binding.bind(loops, config.socketAddress(loops.getFirst()), shared))
        .compose(this::bindQuic)
        .map(this)
        .recover(why -> close().transform(closed -> Future.failedFuture(why)));
  }

  private Future<@Nullable Void> loadTls(Tls tlsOfProcess) {
    if (config.tls().isEmpty()) {
      return Future.succeededFuture();
    }
    ServerTlsSettings settings = config.tlsSettings(config.tls().get());
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

  private Future<@Nullable Void> bindQuic(Binding bound) {
    binding = bound;
    ServerTls secure = tls;
    if (secure == null || secure.quic().isEmpty()) {
      return Future.succeededFuture();
    }
    InetSocketAddress address = (InetSocketAddress) bound.address();
    altSvc = "h3=\":" + address.getPort() + "\"; ma=86400";
    if (before != null && before.quicBinding != null) {
      quicBinding = before.quicBinding;
      return Future.succeededFuture();
    }
    return QuicBinding.bind(loops, address, config.options(), config.datagrams(), quicTaker(secure))
        .map(quic -> {
          quicBinding = quic;
          return null;
        });
  }

  private QuicBinding.Taker quicTaker(ServerTls secure) {
    return new QuicBinding.Taker(secure, this::acceptQuic);
  }

  /**
   * Takes connections from now on, in the place of the one before.
   *
   * @param current what its connections share on each loop
   */
  public void open(Function<Loop, Exchanges.Service> current) {
    serve(current);
    Objects.requireNonNull(binding).open(this::accept);
    if (quicBinding != null) {
      quicBinding.open(quicTaker(Objects.requireNonNull(tls)));
    }
    if (before != null) {
      before.serve(current);
      before.handedOver(quicBinding);
      elder = before.gone.future();
      before = null;
    }
  }

  /** The sockets are another's now. */
  private void handedOver(@Nullable QuicBinding taken) {
    binding = null;
    if (quicBinding == taken) {
      quicBinding = null;
    }
  }

  /** Serves what comes from now on, on old connections too, by {@code current}. */
  public void serve(Function<Loop, Exchanges.Service> current) {
    services.forEach((loop, service) -> service.set(current.apply(loop)));
  }

  // Connections

  private void accept(Loop loop, Channel channel) {
    boolean admitted = admit(loop, channel, channel.remoteAddress());
    Binding bound = binding;
    if (bound != null && !pressure.admits()) {
      // The others wait, until the next look finds room for them.
      bound.accepting(false);
    }
    if (!admitted) {
      return;
    }
    ServerTls secure = tls;
    ChannelPipeline pipeline = channel.pipeline();
    if (secure != null) {
      pipeline.addLast(secure.handler());
      pipeline.addLast(new AfterHandshake(protocol -> speak(loop, channel, protocol)));
    } else {
      Set<String> spoken = config.spokenInClear();
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

  private boolean admit(Loop loop, Channel channel, SocketAddress client) {
    Admission.Refused refused =
        farewell != null
            ? Admission.Refused.STOPPING
            : admission.admit(client, tls != null, loop.nanos());
    if (refused != null) {
      meters.refused(name, refused.name());
      channel.close();
      return false;
    }
    connections.add(loop, channel);
    channel.closeFuture().addListener(closed -> admission.release(client));
    return true;
  }

  /** The last handler of a connection's pipeline, for the protocol it turned out to speak. */
  private ChannelHandler speak(Loop loop, Channel channel, String protocol) {
    Peer peer = peer(channel, channel.remoteAddress(), channel.localAddress());
    Exchanges exchanges = new Exchanges(current(loop), peer);
    ServerOptions options = config.options();
    return switch (protocol) {
      case "h2" -> begun(loop, channel, "h2", new Http2Server(loop, options, exchanges));
      case "socks" ->
          begun(loop, channel, "socks", new SocksServer(loop, options, exchanges, passwords));
      default -> begun(loop, channel, "h1", new Http1Server(loop, options, exchanges));
    };
  }

  /** Counts a connection, and lets it go at once where the listener has begun to leave. */
  private <T extends ServerConnection> T begun(
      Loop loop, Channel channel, String protocol, T connection) {
    var open = meters.connections(name, protocol);
    open.increment();
    channel.closeFuture().addListener(closed -> open.decrement());
    Consumer<ServerConnection> leave = farewell;
    if (leave != null) {
      loop.execute(() -> leave.accept(connection));
    }
    return connection;
  }

  private Supplier<Exchanges.Service> current(Loop loop) {
    return Objects.requireNonNull(services.get(loop))::get;
  }

  private void acceptQuic(Loop loop, QuicChannel channel) {
    SocketAddress client = Objects.requireNonNull(channel.remoteSocketAddress());
    if (pressure.state() != Pressure.State.EASY) {
      // There is no queue in which it could wait.
      meters.refused(name, Admission.Refused.PRESSURE.name());
      channel.close();
      return;
    }
    if (!admit(loop, channel, client)) {
      return;
    }
    SocketAddress local = Objects.requireNonNull(channel.localSocketAddress());
    begun(
        loop,
        channel,
        "h3",
        Http3Server.install(
            loop,
            config.options(),
            () -> new Exchanges(current(loop), peer(channel, client, local)),
            channel));
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
        client instanceof InetSocketAddress inet && config.trusts(inet.getAddress().getAddress());
    String address =
        client instanceof InetSocketAddress inet
            ? NetUtil.toAddressString(inet.getAddress())
            : "unix";
    return new Peer(
        name, address, client, local, tls != null, trusted, facts, altSvc, config.sources());
  }

  /** Does what the pressure asks for: takes new connections or not, closes those that are idle. */
  public void adapt(Pressure.State state) {
    Binding bound = binding;
    if (bound != null) {
      bound.accepting(state == Pressure.State.EASY);
    }
    if (state != Pressure.State.EASY) {
      long idle = state == Pressure.State.REFUSING ? 0 : SHED_AFTER_NANOS;
      long since = loops.getFirst().nanos() - idle;
      connections.each(each -> {
        if (each.idleSince(since)) {
          each.drain();
        }
      });
    }
  }

  // The end

  /**
   * Takes no new connections and asks clients to leave the old ones, without a request lost;
   * completes when the last is closed, which tunnels may put off for long.
   */
  public Future<@Nullable Void> retire() {
    return leave(ServerConnection::retire);
  }

  /** Takes no new connections; idle ones close, the others when what they do is done. */
  public Future<@Nullable Void> drain() {
    return leave(ServerConnection::drain);
  }

  private Future<@Nullable Void> leave(Consumer<ServerConnection> how) {
    farewell = how;
    Binding held = binding;
    return (held == null ? Future.<Void>succeededFuture() : held.close())
        .compose(stopped -> {
          connections.each(how);
          return connections.none();
        })
        // Its sockets may carry connections of the one before still.
        .compose(none -> elder);
  }

  /** Closes everything now. */
  public Future<@Nullable Void> close() {
    farewell = ServerConnection::close;
    WebListener lender = before;
    Binding held = lender != null && lender.binding == binding ? null : binding;
    QuicBinding heldQuic = lender != null && lender.quicBinding == quicBinding ? null : quicBinding;
    return (held == null ? Future.<Void>succeededFuture() : held.close())
        .compose(stopped -> connections.close())
        .compose(closed -> heldQuic == null ? Future.<Void>succeededFuture() : heldQuic.close())
        .<@Nullable Void>mapEmpty()
        .onComplete(done -> {
          if (tls != null) {
            tls.close();
          }
          gone.tryComplete();
        });
  }
}
