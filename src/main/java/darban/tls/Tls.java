package darban.tls;

import darban.base.Failure;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one process: opens the side of a listener and the side towards an origin, and owns the
 * development CA that listeners share. Any thread, but opening blocks on files: not on an event
 * loop. What it opens is closed by who asked for it.
 */
public final class Tls {
  private final TlsRuntime runtime;
  private final Path directory;
  private @Nullable DevCa devCa;

  /**
   * @param directory where the development CA lies or is made; touched only when a listener needs
   *     it
   */
  public Tls(TlsRuntime runtime, Path directory) {
    this.runtime = runtime;
    this.directory = directory;
  }

  /** The TLS of a listener; fails with a reason for the operator when its files cannot be used. */
  public ServerTls server(ServerTlsSettings settings) throws Failure {
    return switch (settings.certificates()) {
      case ServerTlsSettings.Certificates.Files files ->
          new ServerTls(settings, runtime, Optional.empty());
      case ServerTlsSettings.Certificates.Internal internal ->
          new ServerTls(settings, runtime, Optional.of(devCa()));
    };
  }

  /** The TLS towards an origin; fails with a reason when its files cannot be used. */
  public OriginTls origin(OriginTlsSettings settings) throws Failure {
    return new OriginTls(settings, runtime);
  }

  /** The development CA, found or made at the first call. */
  public synchronized DevCa devCa() throws Failure {
    DevCa known = devCa;
    if (known == null) {
      known = DevCa.open(directory, runtime);
      devCa = known;
    }
    return known;
  }
}
