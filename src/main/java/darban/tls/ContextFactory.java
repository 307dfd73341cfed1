package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.Mapping;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Makes contexts under one policy: versions, suites, groups, ALPN, clients' certificates.
 * Immutable, any thread; who asks for a context releases it.
 *
 * <p>Suites are AEAD with ephemeral keys alone, so that a stolen private key opens no recorded
 * connection (RFC 9325 §4.2). AES-128 stands first: every server and nearly every client has it in
 * hardware.
 */
final class ContextFactory {
  static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final ServerTlsSettings settings;
  private final Engine engine;
  private final X509ExtendedTrustManager clients;

  /** Trusts clients that {@code clients} trusts, where the settings ask them at all. */
  ContextFactory(ServerTlsSettings settings, Engine engine, X509ExtendedTrustManager clients) {
    this.settings = settings;
    this.engine = engine;
    this.clients = clients;
  }

  /** A context for TCP connections; with BoringSSL it is native memory with a count of one. */
  SslContext tcp(Identity identity) throws Failure {
    SslContextBuilder builder =
        SslContextBuilder.forServer(IdentityKeys.of(identity).factory())
            .sslProvider(engine.provider())
            .protocols(settings.minVersion().andLater())
            .ciphers(SUITES)
            .trustManager(clients)
            .clientAuth(clientAuth())
            .sessionTimeout(TicketKeys.SEALS.toSeconds());
    if (!settings.alpn().isEmpty()) {
      builder.applicationProtocolConfig(alpn());
    }
    if (engine == Engine.BORINGSSL) {
      builder.option(OpenSslContextOption.GROUPS, Engine.groups());
    }
    try {
      return builder.build();
    } catch (SSLException refused) {
      throw Failure.of(Kind.INTERNAL, "a certificate or key cannot be used", refused)
          .detailed(identity + ": " + refused.getMessage());
    }
  }

  /** A context for QUIC connections; it waits for the identity when a handshake needs it. */
  QuicSslContext quic(CompletableFuture<Identity> identity) {
    return quicBuilder(new IdentityKeys(identity)).trustManager(clients).build();
  }

  /**
   * The context that a QUIC connection begins with, before the client's hello names a host. A
   * connection keeps its policy for clients' certificates when it moves on to the context of its
   * name (BoringSSL moves only keys and callbacks), so that policy must stand here too. Its own
   * keys and its own trust are never used.
   */
  QuicSslContext quicRoot(Mapping<String, QuicSslContext> contexts) {
    CompletableFuture<Identity> never =
        CompletableFuture.failedFuture(new IllegalStateException("no name was chosen"));
    return quicBuilder(new IdentityKeys(never))
        .trustManager(TrustedIssuers.NOBODY)
        .sni(contexts)
        .build();
  }

  private QuicSslContextBuilder quicBuilder(IdentityKeys keys) {
    return QuicSslContextBuilder.forServer(keys, null)
        .clientAuth(clientAuth())
        .applicationProtocols(settings.quicAlpn().toArray(String[]::new))
        .option(BoringSSLContextOption.GROUPS, Engine.groups());
  }

  private ClientAuth clientAuth() {
    return switch (settings.clients().mode()) {
      case NONE -> ClientAuth.NONE;
      case OPTIONAL -> ClientAuth.OPTIONAL;
      case REQUIRED -> ClientAuth.REQUIRE;
    };
  }

  private ApplicationProtocolConfig alpn() {
    // Netty's BoringSSL side cannot refuse a client without a common protocol; SniPicker does.
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        engine == Engine.JDK
            ? SelectorFailureBehavior.FATAL_ALERT
            : SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        settings.alpn());
  }

  /** What a client offers; it takes whatever the server makes of that. */
  static ApplicationProtocolConfig clientAlpn(List<String> protocols) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }

  /** Sets what the JDK's engine takes only engine by engine. */
  static void tune(SSLEngine jdk) {
    SSLParameters parameters = jdk.getSSLParameters();
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNamedGroups(Engine.groups());
    jdk.setSSLParameters(parameters);
  }
}
