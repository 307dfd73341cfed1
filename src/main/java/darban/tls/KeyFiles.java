package darban.tls;

import darban.base.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a certificate and its private key lie. Immutable, any thread.
 *
 * @param certificate PEM file of the chain, or a PKCS#12 file that holds the key too
 * @param key PEM file of the private key; absent where the certificate's file holds it
 * @param password of an encrypted key or of the PKCS#12 file
 */
public record KeyFiles(Path certificate, Optional<Path> key, Optional<Secret> password) {

  /** A chain and a key that is not encrypted. */
  public static KeyFiles of(Path certificate, Path key) {
    return new KeyFiles(certificate, Optional.of(key), Optional.empty());
  }

  /** The file of the private key. */
  Path keyFile() {
    return key.orElse(certificate);
  }

  /** Both files, or the one. */
  List<Path> all() {
    return Stream.of(certificate, keyFile()).distinct().toList();
  }
}
