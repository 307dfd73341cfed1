package darban.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Programs that tests need beside Darban. On a user's machine a test whose peer is missing is
 * skipped, and says which Debian package would help; where {@code CI=true} it fails.
 */
public final class Peers {
  private Peers() {}

  /** The path of {@code program}, which the Debian package {@code debian} brings. */
  public static String find(String program, String debian) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin:/usr/bin";
    return Stream.of(path.split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseGet(() -> missing(program + " is missing: apt-get install " + debian));
  }

  /** Python of the system, which has {@code module} by the Debian package {@code debian}. */
  public static String python(String module, String debian)
      throws IOException, InterruptedException {
    String python = "/usr/bin/python3";
    if (!Files.isExecutable(Path.of(python))) {
      return missing("python3 is missing: apt-get install python3 " + debian);
    }
    return Program.of(python, "-c", "import " + module).run().status() == 0
        ? python
        : missing("Python's " + module + " is missing: apt-get install " + debian);
  }

  private static String missing(String what) {
    if ("true".equals(System.getenv("CI"))) {
      return fail(what);
    }
    return abort(what);
  }

  /** Skips the test unless it runs as root on a kernel that lets it make networks. */
  public static void requireNetworks() throws IOException, InterruptedException {
    find("ip", "iproute2");
    if (!isRoot() || !Files.isWritable(Path.of("/dev/net/tun"))) {
      abort("needs root and /dev/net/tun: networks of its own are made");
    }
    if (Program.of("unshare", "--net", "true").run().status() != 0) {
      abort("this kernel lets nobody make network namespaces");
    }
  }

  /** Whether the tests run as root. */
  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
