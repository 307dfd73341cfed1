package darban.tls;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * The TLS of connections to an origin. It follows its files when they change: connections that are
 * made later trust what is in them then, and go on from no session that was agreed before.
 *
 * <p>Any thread. Made by {@link Tls#origin}, closed by who asked for it; connections that live on
 * keep what they need.
 */
public final class OriginTls implements AutoCloseable {
  private final OriginTlsSettings settings;
  private final TlsRuntime runtime;
  private final HotReload files;
  private SslContext context;
  private boolean closed;

  /** Loads everything. Blocks: not on an event loop. */
  OriginTls(OriginTlsSettings settings, TlsRuntime runtime) throws Failure {
    this.settings = settings;
    this.runtime = runtime;
    this.files = new HotReload(runtime, new Files());
    this.context = load();
    files.start();
  }

  /**
   * A handler for a new connection to {@code origin}, to stand first in its pipeline. It sends and
   * verifies the origin's host, or the name that the settings say; an address is verified as one
   * and never sent (RFC 6066 §3). When its handshake has ended well, {@link TlsSession#of} knows.
   */
  public SslHandler handler(ByteBufAllocator allocator, HostPort origin) throws Failure {
    String said = settings.serverName().orElse(origin.host());
    String name = HostNames.normal(said).orElse(said);
    SslHandler handler = lease(allocator, name, origin.port());
    SSLEngine engine = handler.engine();
    send(name, engine);
    if (runtime.engine() == Engine.JDK) {
      ContextFactory.tune(engine);
    }
    handler.setHandshakeTimeout(settings.handshake().toMillis(), TimeUnit.MILLISECONDS);
    Instant start = runtime.ticker().now();
    handler
        .handshakeFuture()
        .addListener((Future<Channel> done) -> {
          if (done.isSuccess()) {
            TlsSession.keep(done.getNow(), engine, name, start);
          }
        });
    return handler;
  }

  /** Netty alone would send no name without a dot. */
  private static void send(String name, SSLEngine engine) {
    if (HostNames.normal(name).isPresent() && !HostNames.isAddress(name)) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      engine.setSSLParameters(parameters);
    }
  }

  private synchronized SslHandler lease(ByteBufAllocator allocator, String name, int port) {
    if (closed) {
      throw Failure.of(Kind.STOPPING, "the origin's connections are closed");
    }
    return context.newHandler(allocator, name, port); // the engine counts the context for itself
  }

  /** The library that does the TLS. */
  public Engine engine() {
    return runtime.engine();
  }

  /** What it was made from. */
  public OriginTlsSettings settings() {
    return settings;
  }

  private SslContext load() throws Failure {
    Engine engine = runtime.engine();
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(engine.provider())
            .protocols(TlsVersion.TLS_1_2.andLater())
            .ciphers(ContextFactory.SUITES)
            .trustManager(trust())
            // OriginTrust looks at the name itself; this makes BoringSSL ask it at all.
            .endpointIdentificationAlgorithm("HTTPS");
    if (settings.client().isPresent()) {
      Identity own = PemFiles.identity(settings.client().get());
      builder.keyManager(IdentityKeys.of(own).factory());
    }
    if (!settings.alpn().isEmpty()) {
      builder.applicationProtocolConfig(ContextFactory.clientAlpn(settings.alpn()));
    }
    if (engine == Engine.BORINGSSL) {
      builder.option(OpenSslContextOption.GROUPS, Engine.groups());
    }
    try {
      return builder.build();
    } catch (SSLException refused) {
      throw Failure.of(Kind.INTERNAL, "a certificate or key cannot be used", refused)
          .detailed(String.valueOf(refused.getMessage()));
    }
  }

  private OriginTrust trust() throws Failure {
    if (!settings.verify()) {
      return new OriginTrust(null);
    }
    Optional<Path> ca = settings.ca();
    return new OriginTrust(ca.isPresent() ? TrustedIssuers.of(ca.get()) : TrustedIssuers.system());
  }

  private synchronized void swap(SslContext next) {
    SslContext last = closed ? next : context;
    context = next;
    ReferenceCountUtil.release(last);
  }

  /** Ends the watch and gives up the context; what connections still use is freed by the last. */
  @Override
  public void close() {
    files.close();
    release();
  }

  private synchronized void release() {
    if (!closed) {
      closed = true;
      ReferenceCountUtil.release(context);
    }
  }

  /** The files towards this origin, and what to do when they change. */
  private final class Files implements HotReload.Target {
    @Override
    public String title() {
      return "origin certificates " + files();
    }

    @Override
    public List<Path> files() {
      Stream<Path> client = settings.client().stream().flatMap(files -> files.all().stream());
      Stream<Path> ca = settings.verify() ? settings.ca().stream() : Stream.of();
      return Stream.concat(client, ca).distinct().toList();
    }

    @Override
    public void reload() throws Failure {
      swap(load());
    }
  }
}
