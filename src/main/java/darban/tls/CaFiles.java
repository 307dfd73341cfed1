package darban.tls;

import darban.base.Failure;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * The development CA on disk.
 *
 * <p>{@code ca-key.pem} holds the private key and behind it the certificate. It is written aside
 * and then linked to its name, which succeeds for one process only: of two that start at once the
 * slower finds the other's file and uses that. {@code ca.pem} is the certificate alone, written
 * from that file whenever it is missing or differs. So key and certificate cannot come apart, at
 * whatever point a process is killed. Blocks on files; holds nothing open.
 */
final class CaFiles {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> ALL = PosixFilePermissions.fromString("rw-r--r--");

  private final Path directory;
  private final Path keyFile;
  private final Path certificateFile;
  private final TlsRuntime runtime;

  CaFiles(Path directory, TlsRuntime runtime) {
    this.directory = directory;
    this.keyFile = directory.resolve("ca-key.pem");
    this.certificateFile = directory.resolve("ca.pem");
    this.runtime = runtime;
  }

  /** Finds the CA, or makes it. */
  Identity open() throws Failure {
    try {
      if (!Files.exists(keyFile)) {
        Files.createDirectories(directory);
        create();
      }
      boolean together = holdsCertificate();
      Identity authority = read(together);
      if (together) {
        publish(authority.certificate());
      }
      warnOfRights();
      return authority;
    } catch (IOException broken) {
      String mend = "name a directory that this process may write to";
      throw PemFiles.unusable(directory, "no development CA can be made there", mend, broken);
    }
  }

  private void create() throws IOException {
    CertificateMaker maker = new CertificateMaker(runtime.random());
    KeyPair key = maker.newKey();
    X509Certificate certificate = maker.authority(key, runtime.ticker().now());
    String content = pem("PRIVATE KEY", key.getPrivate().getEncoded()) + pem(certificate);
    Path aside = Files.createTempFile(directory, "ca-key", ".new", attribute(OWNER));
    try {
      write(aside, content);
      Files.createLink(keyFile, aside);
    } catch (FileAlreadyExistsException otherWasFirst) {
      return; // theirs is read next
    } finally {
      Files.delete(aside);
    }
  }

  /** A CA that was brought along may keep its certificate in {@code ca.pem} alone. */
  private Identity read(boolean together) throws Failure {
    Identity authority =
        PemFiles.identity(
            together
                ? new KeyFiles(keyFile, Optional.empty(), Optional.empty())
                : KeyFiles.of(certificateFile, keyFile));
    Instant now = runtime.ticker().now();
    if (authority.certificate().getBasicConstraints() < 0) {
      throw unusable("it is not the certificate of a CA");
    }
    if (now.isAfter(authority.notAfter())) {
      throw unusable("its certificate expired on " + authority.notAfter());
    }
    return authority;
  }

  private boolean holdsCertificate() {
    try {
      return Files.readString(keyFile, StandardCharsets.ISO_8859_1).contains("BEGIN CERTIFICATE");
    } catch (IOException unreadable) {
      return true; // reading it as a whole will say why
    }
  }

  private Failure unusable(String what) {
    String mend = "remove " + certificateFile + " and " + keyFile + " to have new ones made";
    return PemFiles.unusable(keyFile, what, mend, null);
  }

  /** Writes {@code ca.pem} unless it holds just that; several processes would write the same. */
  private void publish(X509Certificate certificate) throws IOException {
    String content = pem(certificate);
    if (Files.exists(certificateFile) && Files.readString(certificateFile).equals(content)) {
      return;
    }
    Path aside = Files.createTempFile(directory, "ca", ".new", attribute(OWNER));
    try {
      write(aside, content);
      Files.setPosixFilePermissions(aside, ALL);
      Files.move(aside, certificateFile, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private void warnOfRights() throws IOException {
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(keyFile);
    if (!OWNER.containsAll(rights)) {
      String shown = PosixFilePermissions.toString(rights);
      runtime.log().warning(keyFile + ": others may read it (" + shown + "); chmod 600");
    }
  }

  private static java.nio.file.attribute.FileAttribute<?> attribute(
      Set<PosixFilePermission> rights) {
    return PosixFilePermissions.asFileAttribute(rights);
  }

  private static void write(Path file, String content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String pem(String type, byte[] content) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }
}
