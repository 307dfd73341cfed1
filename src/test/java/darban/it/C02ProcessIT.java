package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Checkout;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process from its start, or why there is none, to its end: words, exit codes, signals. */
class C02ProcessIT {
  private static final long BIG = 256L << 20;

  @TempDir Path folder;

  private Program.Result darban(String... arguments) throws IOException, InterruptedException {
    return Program.of(DarbanProcess.command(folder, List.of(), arguments))
        .in(folder)
        .with("DARBAN_CONFIG", "")
        .run();
  }

  /** What cannot start says why in one line, of which a user can make something. */
  private static void failedWith(Program.Result result, String words) {
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().contains(words), () -> words + " is missing in " + result);
    assertFalse(result.err().contains("\tat "), result::toString);
    assertFalse(result.err().contains("Exception"), result::toString);
    // A busy machine makes Vert.x speak of its loops too.
    long lines =
        result.err().lines().filter(line -> !line.contains("has been blocked for")).count();
    assertEquals(1, lines, result::toString);
    assertEquals("", result.out());
  }

  private Path config(String yaml) throws IOException {
    return Files.writeString(folder.resolve("c.yaml"), yaml);
  }

  @Test
  void run_portTaken_saysWhich() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Path file = config("listeners: { w: { address: \":%d\" } }".formatted(taken.getLocalPort()));
      failedWith(
          darban("run", "-c", file.toString()),
          "darban: cannot listen on [::]:" + taken.getLocalPort() + ": Address already in use");
    }
  }

  @Test
  void run_portOfAdminTaken_saysWhich() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      int port = taken.getLocalPort();
      Path file =
          config(
              "listeners: { w: { address: \"127.0.0.1:0\" } }\nadmin: { address: \"127.0.0.1:%d\" }"
                  .formatted(port));
      failedWith(
          darban("run", "-c", file.toString()),
          "darban: the control plane cannot listen on 127.0.0.1:" + port);
    }
  }

  @Test
  void run_addressOfAnotherMachine_saysWhich() throws Exception {
    Path file = config("listeners: { w: { address: \"192.0.2.1:0\" } }");
    failedWith(darban("run", "-c", file.toString()), "192.0.2.1:0");
  }

  @Test
  void run_fileMissing_saysWhich() throws Exception {
    failedWith(darban("run", "-c", "none.yaml"), "none.yaml");
    failedWith(darban("validate", "-c", "none.yaml"), "none.yaml");
  }

  @ParameterizedTest
  @CsvSource({
    "-----BEGIN CERTIFICATE-----, cert.pem",
    "'', cert.pem",
    "salam, cert.pem",
  })
  void run_certificateBroken_saysWhichFile(String content, String words) throws Exception {
    Files.writeString(folder.resolve("cert.pem"), content);
    Path file =
        config(
            "listeners: { w: { address: \"127.0.0.1:0\","
                + " tls: { certificates: [ { cert: cert.pem } ] } } }");
    failedWith(darban("run", "-c", file.toString()), words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"frob", "run -x", "file-server", "reverse-proxy --from :0", "--frob"})
  void command_notUnderstood_isWrongUsage(String arguments) throws Exception {
    Program.Result result = darban(arguments.split(" "));
    assertEquals(2, result.status(), result::toString);
    assertTrue(result.err().matches("(?s).*(Usage: darban|Did you mean).*"), result::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"version", "--version", "--help", "run --help", "schema", "completion bash"})
  void command_thatOnlyTells_endsWell(String arguments) throws Exception {
    Program.Result result = darban(arguments.split(" "));
    assertEquals(0, result.status(), result::toString);
    assertEquals("", result.err());
    assertFalse(result.out().isBlank());
  }

  @Test
  void validate_goodFile_saysOk() throws Exception {
    Path file = config("listeners: { w: { address: \"127.0.0.1:0\" } }");
    assertEquals("ok\n", darban("validate", "-c", file.toString()).good().out());
  }

  @Test
  void environment_namesTheConfiguration() throws Exception {
    Path file = config("listeners: { w: { address: \"127.0.0.1:none\" } }");
    Program.Result result =
        Program.of(DarbanProcess.command(folder, List.of(), "validate"))
            .in(folder)
            .with("DARBAN_CONFIG", file.toString())
            .run();
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().startsWith(file + ":1:"), result::toString);
  }

  @Test
  void completion_inBash_offersTheCommands() throws Exception {
    String script = darban("completion", "bash").good().out();
    Path file = Files.writeString(folder.resolve("completion"), script);
    String asked =
        ". '%s'; COMP_WORDS=(darban re); COMP_CWORD=1; _complete_darban; echo ${COMPREPLY[@]}"
            .formatted(file);
    assertEquals("reverse-proxy reload\n", Program.of("bash", "-c", asked).run().good().out());
  }

  @Test
  void hashPassword_ofALine_isTakenByTheForwardProxy() throws Exception {
    try (Program hashing =
        Program.of(DarbanProcess.command(folder, List.of(), "hash-password")).in(folder).start()) {
      hashing.input().write("kelid\n".getBytes(StandardCharsets.UTF_8));
      hashing.input().close();
      assertEquals(0, hashing.status(), hashing::toString);
      assertTrue(hashing.printed().matches("\\$2b\\$12\\$\\S{53}\n"), hashing::printed);
    }
  }

  // The end

  private static final String FILES =
      """
      listeners: { w: { address: "127.0.0.1:0" } }
      sites: { "*": { routes: [ { files: { root: www } } ] } }
      log: { access: off }
      """;

  private DarbanProcess serving() throws Exception {
    Files.createDirectories(folder.resolve("www"));
    try (RandomAccessFile big = new RandomAccessFile(folder.resolve("www/big").toFile(), "rw")) {
      big.setLength(BIG);
    }
    return DarbanProcess.start(folder, FILES);
  }

  private static HttpResponse<InputStream> download(HttpClient client, DarbanProcess darban)
      throws Exception {
    URI uri = URI.create("http://" + darban.address("w") + "/big");
    HttpRequest request = HttpRequest.newBuilder(uri).build();
    return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signal_downloadUnderWay_endsWhenItIsComplete(String signal) throws Exception {
    try (DarbanProcess darban = serving();
        HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> answer = download(client, darban);
      try (InputStream body = answer.body()) {
        byte[] start = body.readNBytes(1 << 20);
        darban.program().signal(signal);
        darban.program().line("stopping: requests under way may take");
        int port = darban.port("w");
        Await.until(
            Duration.ofSeconds(10), () -> !Ports.isOpen(port), () -> "still takes connections");
        assertTrue(darban.program().runs());
        long rest = body.transferTo(java.io.OutputStream.nullOutputStream());
        assertEquals(BIG, start.length + rest);
      }
      assertEquals(0, darban.program().status());
    }
  }

  @Test
  void interrupt_twice_endsAtOnce() throws Exception {
    try (DarbanProcess darban = serving();
        HttpClient client = HttpClient.newHttpClient()) {
      try (InputStream body = download(client, darban).body()) {
        assertEquals(1 << 20, body.readNBytes(1 << 20).length);
        darban.program().signal("INT");
        darban.program().line("stopping");
        darban.program().signal("INT");
        assertEquals(3, darban.program().status(Duration.ofSeconds(10)), darban.program()::output);
      }
    }
  }

  @Test
  void terminate_idle_endsAtOnce() throws Exception {
    try (DarbanProcess darban = DarbanProcess.start(folder, FILES.replace("www", "."))) {
      darban.program().signal("TERM");
      assertEquals(0, darban.program().status(Duration.ofSeconds(10)));
    }
  }

  @Test
  void hangup_readsTheFileAgain() throws Exception {
    try (DarbanProcess darban = DarbanProcess.start(folder, FILES.replace("www", "."))) {
      darban.program().signal("HUP");
      darban.program().line("reloaded: listeners kept: w; opened or changed: none; closed: none");
      Files.writeString(folder.resolve("darban.yaml"), "nonsense\n");
      darban.program().signal("HUP");
      darban.program().line("not reloaded, what ran before runs on: .*darban.yaml:1:1: ");
      assertTrue(Ports.isOpen(darban.port("w")));
      assertEquals(0, darban.stop());
    }
  }

  // One-liners

  /**
   * A folder, listed, behind TLS of our own making; what was stored outlives the folder's server.
   */
  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void oneLiners_reverseProxyBeforeFileServer_passFiles(String cache) throws Exception {
    Path www = Files.createDirectories(folder.resolve("www"));
    Files.writeString(www.resolve("a.txt"), "salam\n");
    // Old enough to be good for a while without asking.
    Files.setLastModifiedTime(www.resolve("a.txt"), FileTime.from(Instant.EPOCH));
    Checkout checkout = Checkout.into(Files.createDirectories(folder.resolve("checkout")));
    String[] serve = {
      "file-server", "--root", www.toString(), "--listen", "127.0.0.1:0", "--browse"
    };
    try (Program files = checkout.darban(serve).start()) {
      String origin = "http://" + files.line("^listening files (\\S+)").group(1);
      String[] pass = {
        "reverse-proxy",
        "--from",
        "127.0.0.1:0",
        "--to",
        origin,
        "--tls",
        "internal",
        "--cache",
        cache
      };
      try (Program proxy = checkout.darban(pass).start()) {
        String url = "https://" + proxy.line("^listening web (\\S+)").group(1);
        proxy.line("^ready$");
        Path authority = checkout.folder().resolve("certs/ca.pem");
        String[] curl = {Peers.find("curl", "curl"), "-sS", "--cacert", authority.toString()};
        assertTrue(asked(curl, url + "/").good().out().contains("href=\"./a.txt\""));
        assertEquals("salam\n", asked(curl, url + "/a.txt").good().out());
        files.signal("TERM");
        assertEquals(0, files.status());
        String[] failing = {curl[0], "-sS", "-f", "--cacert", authority.toString()};
        assertEquals(cache.equals("on") ? 0 : 22, asked(failing, url + "/a.txt").status());
      }
    }
  }

  private static Program.Result asked(String[] curl, String url) throws Exception {
    List<String> command = new ArrayList<>(List.of(curl));
    command.add(url);
    return Program.of(command).run();
  }

  @Test
  void oneLiner_forwardProxyWithUsers_asksForThem() throws Exception {
    String curl = Peers.find("curl", "curl");
    Files.writeString(folder.resolve("a.txt"), "salam\n");
    Checkout checkout = Checkout.into(Files.createDirectories(folder.resolve("checkout")));
    try (DarbanProcess origin = DarbanProcess.start(folder, FILES.replace("www", "."));
        Program proxy =
            checkout
                .darban(
                    "forward-proxy",
                    "--listen",
                    "127.0.0.1:0",
                    "--user",
                    "ali:kelid:\"${x}",
                    "--allow-private")
                .start()) {
      String address = proxy.line("^listening proxy (\\S+)").group(1);
      proxy.line("^ready$");
      String url = "http://" + origin.address("w") + "/a.txt";
      String[] command = {curl, "-sS", "-w", "%{http_code}", "-x", "http://" + address, url};
      assertTrue(Program.of(command).run().good().out().endsWith("407\n"));
      String[] proved = {curl, "-sS", "-U", "ali:kelid:\"${x}", "-x", "http://" + address, url};
      assertEquals("salam\n", Program.of(proved).run().good().out());
    }
  }

  // The launcher

  /**
   * A checkout that was never built, with a Maven that only brings the jar and keeps count. As the
   * real one does, it leaves a jar alone in which nothing would be new.
   */
  private Program.Command freshClone(String... arguments) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path maven =
        Files.writeString(
            bin.resolve("mvn"),
            """
            #!/bin/sh
            echo built >>builds
            mkdir -p target
            [ -e target/darban.jar ] || cp '%1$s/darban.jar' target/
            ln -sfn '%1$s/lib' target/lib
            """
                .formatted(Path.of("target").toAbsolutePath()));
    assertTrue(maven.toFile().setExecutable(true));
    Files.copy(
        Path.of("darban"),
        folder.resolve("darban"),
        StandardCopyOption.COPY_ATTRIBUTES,
        StandardCopyOption.REPLACE_EXISTING);
    Files.createDirectories(folder.resolve("src/main"));
    List<String> command = new ArrayList<>(List.of("./darban"));
    command.addAll(List.of(arguments));
    return Program.of(command)
        .in(folder)
        .with("JAVA_HOME", "")
        .with("PATH", bin + ":" + System.getenv("PATH"));
  }

  private void source(String name, Instant changed) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "");
    Files.setLastModifiedTime(file, FileTime.from(changed));
  }

  private long builds() throws IOException {
    return Files.readAllLines(folder.resolve("builds")).size();
  }

  @Test
  void launcher_freshClone_buildsOnceAndAgainWhenSourcesChange() throws Exception {
    Program.Command version = freshClone("version");
    source("pom.xml", Instant.EPOCH);
    source("src/main/A.java", Instant.EPOCH);
    Program.Result first = version.run().good();
    assertTrue(first.err().startsWith("darban: building, once"), first::toString);
    assertEquals(1, builds());
    assertEquals("", version.run().good().err());
    assertEquals(1, builds());
    source("src/main/A.java", Instant.now());
    // What talks to a running one never builds: that would change the jar under it.
    freshClone("status").run();
    assertEquals(1, builds());
    version.run().good();
    assertEquals(2, builds());
    assertEquals("", version.run().good().err());
    assertEquals(2, builds());
  }
}
