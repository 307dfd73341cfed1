package darban.app;

import darban.origin.Server;
import darban.origin.ServiceConfig;
import darban.tls.OriginTls;
import darban.tls.OriginTlsSettings;
import darban.tls.Tls;
import java.util.List;

/**
 * The TLS towards the servers of one service: with the choice of a version, and for HTTP/2 alone.
 * Any thread; closed with the part that opened it.
 */
final class OriginSecurity implements AutoCloseable {
  private final OriginTls any;
  private final OriginTls second;

  private OriginSecurity(OriginTls any, OriginTls second) {
    this.any = any;
    this.second = second;
  }

  /** Loads certificates: not on an event loop. */
  static OriginSecurity open(Tls tls, ServiceConfig.Tls config) {
    OriginTls any = tls.origin(settings(config, List.of("h2", "http/1.1")));
    try {
      return new OriginSecurity(any, tls.origin(settings(config, List.of("h2"))));
    } catch (RuntimeException refused) {
      any.close();
      throw refused;
    }
  }

  private static OriginTlsSettings settings(ServiceConfig.Tls config, List<String> alpn) {
    return new OriginTlsSettings(
        config.verify(),
        config.ca(),
        config.serverName(),
        config.identity(),
        alpn,
        OriginTlsSettings.DEFAULT.handshake());
  }

  /** The one for servers that are spoken to so. */
  OriginTls of(Server.Protocol protocol) {
    return protocol == Server.Protocol.H2 ? second : any;
  }

  @Override
  public void close() {
    any.close();
    second.close();
  }
}
