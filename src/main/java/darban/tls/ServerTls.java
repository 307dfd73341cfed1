package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import darban.tls.ServerTlsSettings.Certificates;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.util.concurrent.ImmediateExecutor;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS of one listener: gives each connection the context for the name that its client asked for
 * and follows its files when they change, without a handshake lost.
 *
 * <p>Any thread. Made by {@link Tls#server}, closed by the listener after its last connection was
 * accepted; connections that live on keep what they need.
 *
 * <pre>
 *   TCP   handler() ─ hello ─► ContextTable ─ name ─► Identities ─► Shelf ─► SslContext ─► SslHandler
 *   QUIC  quic()    ─ hello ─►      "                                 "  ─► QuicSslContext
 *                                   ▲ swap
 *   files ─ HotReload ─ load, check ┘
 * </pre>
 */
public final class ServerTls implements AutoCloseable {
  /** Contexts of one listener; as many as the development CA keeps leaves. */
  private static final int MOST_CONTEXTS = 1_000;

  private final ServerTlsSettings settings;
  private final TlsRuntime runtime;
  private final Optional<DevCa> devCa;
  private final TlsCounters counters = new TlsCounters();
  private final QuicWatch quicWatch;
  private final HotReload files;
  private final ContextTable contexts;
  private final Optional<QuicSslContext> quic;

  /** Loads everything. Blocks: not on an event loop. */
  ServerTls(ServerTlsSettings settings, TlsRuntime runtime, Optional<DevCa> devCa) throws Failure {
    this.settings = settings;
    this.runtime = runtime;
    this.devCa = devCa;
    this.quicWatch = new QuicWatch(counters, settings.handshake());
    this.files = new HotReload(runtime, new Files());
    this.contexts = new ContextTable(load());
    this.quic = settings.quicAlpn().isEmpty() ? Optional.empty() : Optional.of(quicRoot());
    files.start();
  }

  private QuicSslContext quicRoot() throws Failure {
    if (!Quic.isAvailable()) {
      throw Failure.of(Kind.INTERNAL, "QUIC is not available on this machine")
          .detailed(String.valueOf(Quic.unavailabilityCause()));
    }
    ContextTable table = contexts; // not this: see there
    QuicSslContext root = factory(TrustedIssuers.NOBODY).quicRoot(table::quic);
    TlsContexts.seal(root, new TicketKeys(runtime.ticker(), runtime.random()));
    return root;
  }

  /** A handler for a new TCP connection, to stand first in its pipeline. */
  public ChannelHandler handler() {
    return new SniPicker(this);
  }

  /** The context for the QUIC codec of the listener; empty where its ALPN list for QUIC is. */
  public Optional<QuicSslContext> quic() {
    return quic;
  }

  /**
   * Where the QUIC codec must run its TLS tasks ({@code sslTaskExecutor}): a certificate may have
   * to be made in them. With certificates from files nothing is slow, and they run where they are.
   */
  public Executor quicTasks() {
    return devCa.isPresent() ? runtime.workers() : ImmediateExecutor.INSTANCE;
  }

  /**
   * A handler for each QUIC connection, to stand first in its pipeline: it ends a handshake that
   * takes too long, and counts it. May be shared by all. Whoever stands behind it must not close
   * the channel when a handshake fails: the codec does, after it has told the client why.
   */
  public ChannelHandler quicWatch() {
    return quicWatch;
  }

  /** The library that does the TLS of its TCP connections. */
  public Engine engine() {
    return runtime.engine();
  }

  /** What it was made from. */
  public ServerTlsSettings settings() {
    return settings;
  }

  /** Its handshakes. */
  public TlsCounters counters() {
    return counters;
  }

  /**
   * When the certificate behind each name expires; of those that are made as clients ask for them,
   * the local ones and those that the configuration names.
   */
  public Map<String, Instant> expiries() {
    if (contexts.identities() instanceof CertStore store) {
      return store.expiries();
    }
    Set<String> known = new LinkedHashSet<>(DevCa.LOCAL);
    if (settings.certificates() instanceof Certificates.Internal(List<String> names)) {
      known.addAll(names);
    }
    Map<String, Instant> made = devCa.orElseThrow().expiries();
    made.keySet().retainAll(known);
    return made;
  }

  Ticker ticker() {
    return runtime.ticker();
  }

  ContextTable contexts() {
    return contexts;
  }

  private ContextTable.Content load() throws Failure {
    X509ExtendedTrustManager clients = clients();
    Identities identities =
        switch (settings.certificates()) {
          case Certificates.Files named -> store(named.files());
          case Certificates.Internal internal -> made(internal.names());
        };
    Shelf shelf = new Shelf(factory(clients), runtime.ticker(), runtime.random(), MOST_CONTEXTS);
    if (identities instanceof CertStore store) {
      shelf.check(store.identities());
    }
    return new ContextTable.Content(identities, shelf);
  }

  private ContextFactory factory(X509ExtendedTrustManager clients) {
    return new ContextFactory(settings, runtime.engine(), clients);
  }

  private X509ExtendedTrustManager clients() throws Failure {
    if (settings.clients().mode() == ServerTlsSettings.ClientAuth.Mode.NONE) {
      return TrustedIssuers.NOBODY;
    }
    Path ca =
        settings
            .clients()
            .ca()
            .orElseThrow(() ->
                Failure.of(Kind.INTERNAL, "no issuers of clients' certificates are named")
                    .detailed("client-auth asks clients for certificates; name a client-ca"));
    return TrustedIssuers.of(ca);
  }

  private InternalNames made(List<String> allowed) throws Failure {
    InternalNames names = new InternalNames(devCa.orElseThrow(), allowed);
    names.prepare();
    return names;
  }

  private CertStore store(List<KeyFiles> named) throws Failure {
    List<Identity> identities = new ArrayList<>();
    for (KeyFiles each : named) {
      Identity identity = PemFiles.identity(each);
      warnOfTime(identity);
      identities.add(identity);
    }
    return new CertStore(identities);
  }

  private void warnOfTime(Identity identity) {
    Instant now = runtime.ticker().now();
    if (now.isAfter(identity.notAfter())) {
      runtime.log().warning(identity.source() + ": expired on " + identity.notAfter());
    } else if (now.isBefore(identity.notBefore())) {
      runtime.log().warning(identity.source() + ": not valid before " + identity.notBefore());
    }
  }

  /** Ends the watch and gives up the contexts; what connections still use is freed by the last. */
  @Override
  public void close() {
    files.close();
    contexts.close();
  }

  /** The listener's files, and what to do when they change. */
  private final class Files implements HotReload.Target {
    @Override
    public String title() {
      return "certificates " + files();
    }

    @Override
    public List<Path> files() {
      Set<Path> all = new LinkedHashSet<>();
      if (settings.certificates() instanceof Certificates.Files named) {
        named.files().forEach(each -> all.addAll(each.all()));
      }
      settings.clients().ca().ifPresent(all::add);
      return List.copyOf(all);
    }

    @Override
    public void reload() throws Failure {
      contexts.swap(load());
    }
  }
}
