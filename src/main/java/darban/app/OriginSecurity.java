package darban.app;

import darban.base.Failure;
import darban.base.Kind;
import darban.origin.Server;
import darban.origin.ServiceConfig;
import darban.tls.OriginTls;
import darban.tls.OriginTlsSettings;
import darban.tls.Tls;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The TLS towards the servers of one service: with the choice of a version, and for HTTP/2 alone.
 * Any thread; closed with the part that opened it.
 */
final class OriginSecurity implements AutoCloseable {
  private final Tls tls;
  private final ServiceConfig.Tls config;
  private final Map<Server.Protocol, OriginTls> made = new EnumMap<>(Server.Protocol.class);
  private boolean closed;

  private OriginSecurity(Tls tls, ServiceConfig.Tls config) {
    this.tls = tls;
    this.config = config;
  }

  /** Loads the certificates that {@code servers} need: not on an event loop. */
  static OriginSecurity open(Tls tls, ServiceConfig.Tls config, List<Server> servers) {
    OriginSecurity security = new OriginSecurity(tls, config);
    try {
      servers.stream().map(Server::protocol).filter(Server.Protocol::secure).forEach(security::of);
      return security;
    } catch (RuntimeException refused) {
      security.close();
      throw refused;
    }
  }

  /**
   * The one for servers that are spoken to so. Where none such was known when it was opened, the
   * first takes some 50 ms, for the certificates that the system trusts.
   */
  synchronized OriginTls of(Server.Protocol protocol) {
    if (closed) {
      throw Failure.of(Kind.STOPPING, "the origin's connections are closed");
    }
    return made.computeIfAbsent(protocol, each -> tls.origin(settings(each)));
  }

  private OriginTlsSettings settings(Server.Protocol protocol) {
    return new OriginTlsSettings(
        config.verify(),
        config.ca(),
        config.serverName(),
        config.identity(),
        protocol == Server.Protocol.H2 ? List.of("h2") : List.of("h2", "http/1.1"),
        OriginTlsSettings.DEFAULT.handshake());
  }

  @Override
  public synchronized void close() {
    closed = true;
    made.values().forEach(OriginTls::close);
  }
}
