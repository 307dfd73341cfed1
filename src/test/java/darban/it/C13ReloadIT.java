package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.Browser;
import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.NginxOrigin;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The configuration changes while clients are served, and no client notices what it need not: wrk
 * in front of nginx, and a page in Chromium over HTTP/3. {@code -Ddarban.it.seconds=60} makes the
 * load last longer.
 */
class C13ReloadIT {
  private static final int SECONDS = Integer.getInteger("darban.it.seconds", 10);

  @TempDir Path folder;
  private final int origin = Ports.free();
  private final int demo = Ports.free();
  private final int spare = Ports.free();
  private final int admin = Ports.free();

  /** The n-th configuration: by turns nothing, the listeners, the service and a port change. */
  private String yaml(int n) {
    return """
    listeners:
      plain: { address: "127.0.0.1:0", limits: { fields: %1$d } }
      web: { address: ":0", protocols: [h1, h2, h3], tls: internal, limits: { fields: %1$d } }
      %2$s
    sites:
      "*":
        routes:
          - { match: { path: "/a.txt" }, service: nginx }
          - { service: demo }
    services:
      nginx: { servers: [ "http://127.0.0.1:%3$d" ], timeouts: { response: %4$ds } }
      demo: { servers: [ "http://127.0.0.1:%5$d" ] }
    demo: { address: "127.0.0.1:%5$d" }
    admin: { address: "127.0.0.1:%6$d" }
    log: { access: off }
    """
        .formatted(
            100 + n / 2,
            n % 3 == 0 ? "" : "spare: { address: \"127.0.0.1:%d\" }".formatted(spare),
            origin,
            30 + n / 3,
            demo,
            admin);
  }

  @Test
  void reloadsUnderLoad_costNoRequest() throws Exception {
    String wrk = Peers.find("wrk", "wrk");
    try (NginxOrigin nginx =
            NginxOrigin.start(folder, "server { listen 127.0.0.1:%d; }".formatted(origin), origin);
        DarbanProcess darban = DarbanProcess.start(folder, yaml(0))) {
      Files.writeString(nginx.www().resolve("a.txt"), "salam\n".repeat(100));
      String secure = "https://127.0.0.1:" + darban.port("web") + "/a.txt";
      String plain = "http://127.0.0.1:" + darban.port("plain") + "/a.txt";
      // What takes long on a busy machine is not lost.
      String time = "-d" + SECONDS + "s";
      String patience = "--timeout=" + Program.PATIENCE.toSeconds() + "s";
      int reloads = 0;
      try (Program first = Program.of(wrk, "-t1", "-c32", time, patience, secure).start();
          Program second =
              Program.of(wrk, "-t1", "-c8", time, patience, "-H", "Connection: close", plain)
                  .start()) {
        while (first.runs() && second.runs()) {
          reloads++;
          Files.writeString(folder.resolve("darban.yaml"), yaml(reloads));
          darban.program().signal("HUP");
          double done = reloads;
          Await.until(
              Program.PATIENCE,
              () -> darban.metric("darban_config_reloads_total", "done") == done,
              () -> "not reloaded\n" + darban.program().output());
        }
        System.out.printf(
            "%d s, %d reloads, %s requests/s over TLS, %s each on a new connection%n",
            SECONDS, reloads, rate(first), rate(second));
      }
      assertTrue(reloads >= SECONDS / 2, reloads + " reloads");
      assertEquals(0, darban.stop());
    }
  }

  private static String rate(Program wrk) throws InterruptedException {
    int status = wrk.status();
    String told = wrk.output();
    assertTrue(status == 0, told);
    assertFalse(told.contains("Socket errors"), told);
    assertFalse(told.contains("Non-2xx"), told);
    Matcher rate = Pattern.compile("Requests/sec: +(\\S+)").matcher(told);
    assertTrue(rate.find(), told);
    return rate.group(1);
  }

  @Test
  void listenerChanged_pageOverHttp3_itsStreamGoesOn() throws Exception {
    try (DarbanProcess darban = DarbanProcess.start(folder, yaml(0))) {
      int port = darban.port("web");
      String trust =
          "--ignore-certificate-errors-spki-list=" + Certificates.keyHash("localhost", port);
      String quic = "--origin-to-force-quic-on=localhost:" + port;
      try (Browser browser = Browser.start(folder.resolve("profile"), trust, quic)) {
        Browser.Page page = browser.page();
        page.open("https://localhost:" + port + "/");
        assertEquals("h3", page.protocol());
        page.value(
            """
            (async () => {
              window.clock = (await fetch('clock')).body.getReader();
              await clock.read();
            })()
            """);
        Files.writeString(folder.resolve("darban.yaml"), yaml(2));
        Program.Result said = command("reload");
        assertTrue(
            said.good().out().contains("opened or changed: plain, web, spare"), said::toString);
        assertEquals(port, darban.port("web"));
        assertEquals(
            "false false",
            page.text(
                "(async () => [(await clock.read()).done, (await clock.read()).done].join(' '))()"));
        assertEquals(
            "200 h3",
            page.text(
                """
                (async () => {
                  const answer = await fetch('headers?fresh');
                  await answer.text();
                  const entry = performance.getEntriesByName(answer.url)[0];
                  return answer.status + ' ' + entry.nextHopProtocol;
                })()
                """));
      }
      assertEquals(0, darban.stop());
    }
  }

  /** The command that talks to the one that runs the configuration of this folder. */
  private Program.Result command(String name) throws Exception {
    String file = folder.resolve("darban.yaml").toString();
    return Program.of(DarbanProcess.command(folder, List.of(), name, "-c", file)).run();
  }

  @Test
  void reload_byCommand_saysWhatIsWrong_andTheOldOneRunsOn() throws Exception {
    String good =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        admin: { address: "127.0.0.1:%d" }
        log: { access: off }
        """
            .formatted(admin);
    try (DarbanProcess darban = DarbanProcess.start(folder, good)) {
      Path file = folder.resolve("darban.yaml");
      Files.writeString(file, good.replace("plain:", "other:"));
      assertEquals(
          "reloaded: listeners kept: none; opened or changed: other; closed: plain\n",
          command("reload").good().out());
      darban.program().line("^listening other 127.0.0.1:\\d+$");
      Files.writeString(file, good.replace("address: \"127.0.0.1:0\"", "adress: \"127.0.0.1:0\""));
      Program.Result refused = command("reload");
      assertEquals(1, refused.status(), refused::toString);
      assertTrue(
          refused.err().contains(file + ":1:23: unknown key `adress`, did you mean `address`?\n"),
          refused::toString);
      darban.program().line("warn  not reloaded, what ran before runs on: .*unknown key");
      // A file that is wrong stands in nobody's way who wants to know or to stop.
      assertTrue(command("status").good().out().contains("\"other\" : \"127.0.0.1:"));
      assertEquals("stopping\n", command("stop").good().out());
      assertEquals(0, darban.program().status());
    }
  }
}
