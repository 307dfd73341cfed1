package darban.tls;

import darban.base.Failure;
import darban.config.Position;
import darban.config.Problems;
import java.nio.file.Path;

/**
 * Looks into the files of certificates while a configuration is read, so that {@code validate}
 * tells what a start would stumble over. Blocks on the files: not for an event loop.
 */
public final class CertificateFiles {
  private CertificateFiles() {}

  /** A problem at {@code at} unless there is a chain and the key of its first certificate. */
  public static void checkIdentity(KeyFiles files, Position at, Problems problems) {
    check(() -> PemFiles.identity(files), at, problems);
  }

  /** A problem at {@code at} unless there are certificates to trust in {@code file}. */
  public static void checkIssuers(Path file, Position at, Problems problems) {
    check(() -> TrustedIssuers.of(file), at, problems);
  }

  private static void check(Runnable reading, Position at, Problems problems) {
    try {
      reading.run();
    } catch (Failure unusable) {
      // The detail names the file, what is wrong with it and how to mend that.
      problems.error(at, unusable.detail(), "");
    }
  }
}
