package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Browser;
import darban.testkit.Certificates;
import darban.testkit.Checkout;
import darban.testkit.Peers;
import darban.testkit.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first start of a new user: {@code ./darban}, and what it says to try. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class C01EmbeddedIT {
  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Checkout checkout;

  @SuppressWarnings("NullAway.Init")
  private static Program darban;

  @BeforeAll
  static void start() throws Exception {
    // Nobody promises that a folder's name is one word.
    checkout = Checkout.into(Files.createDirectories(folder.resolve("a clone")));
    darban = checkout.darban().start();
    darban.line("^ready$");
  }

  @AfterAll
  static void end() {
    if (darban != null) {
      darban.close();
    }
  }

  @Test
  @Order(1)
  void start_saysWhereItListens() throws Exception {
    for (String line :
        List.of(
            "web [::]:" + checkout.port(8443),
            "plain [::]:" + checkout.port(8080),
            "proxy 127.0.0.1:" + checkout.port(3128),
            "admin 127.0.0.1:" + checkout.port(9464))) {
      darban.line("^\\Qlistening " + line + "\\E$");
    }
  }

  @Test
  @Order(2)
  void tour_eachCommandPasted_works() throws Exception {
    Peers.find("curl", "curl");
    darban.line("darban_http_requests_total");
    List<String> commands =
        darban.printed().lines().filter(line -> line.startsWith("  curl ")).toList();
    assertEquals(5, commands.size(), darban::output);
    List<String> answers = commands.stream().map(C01EmbeddedIT::pasted).toList();
    assertTrue(answers.get(0).startsWith("GET /headers HTTP_1_1\n"), answers.get(0));
    assertTrue(answers.get(0).contains("\nForwarded: for=127.0.0.1;proto=https"), answers.get(0));
    assertTrue(answers.get(1).lines().count() >= 3, answers.get(1));
    assertEquals("206 100\n", answers.get(2));
    assertTrue(answers.get(3).startsWith("GET /headers HTTP_1_1\n"), answers.get(3));
    assertTrue(answers.get(4).contains("darban_http_requests_total{"), answers.get(4));
  }

  private static String pasted(String command) {
    try {
      return Program.of("sh", "-c", command).in(checkout.folder()).run().good().out();
    } catch (java.io.IOException | InterruptedException failed) {
      throw new AssertionError(command, failed);
    }
  }

  /** The five minutes of the README, but for the start and the stop. */
  @Test
  @Order(2)
  void readme_itsTour_works() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    String block = readme.substring(readme.indexOf("## Five minutes"));
    List<String> commands =
        block.substring(block.indexOf("```sh\n") + 6, block.indexOf("\n```\n")).lines().toList();
    assertEquals("./darban", commands.getFirst().replaceAll(" *#.*", ""));
    assertEquals("./darban stop", commands.getLast());
    for (String command : commands.subList(1, commands.size() - 1)) {
      String here = checkout.withItsPorts(command);
      // A clock that goes on is ended by the time that is asked for.
      String answer =
          pasted(here.contains(" -m ") ? here.replaceAll(" *#.*", "") + " || true" : here);
      assertFalse(answer.isBlank(), here);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/1.1", "h2", "h3"})
  @Order(3)
  void page_inChromium_livesOverEachVersion(String protocol) throws Exception {
    int port = checkout.port(8443);
    String origin =
        protocol.equals("http/1.1")
            ? "http://localhost:" + checkout.port(8080)
            : "https://localhost:" + port;
    String trust =
        "--ignore-certificate-errors-spki-list=" + Certificates.keyHash("localhost", port);
    String quic =
        protocol.equals("h3") ? "--origin-to-force-quic-on=localhost:" + port : "--disable-quic";
    Path profile = folder.resolve("profile-" + protocol.replace('/', '-'));
    try (Browser browser = Browser.start(profile, trust, quic)) {
      Browser.Page page = browser.page();
      page.open(origin + "/");
      assertEquals(protocol, page.protocol());
      page.until("document.body.dataset.echo === 'yes'");
      page.until("document.body.dataset.ticks >= 2");
      assertTrue(secondsBetweenPieces(page) >= 0.8);
      videoPlaysAndSeeks(page);
    }
  }

  /** How long after one piece of the clock the next is seen. */
  private static double secondsBetweenPieces(Browser.Page page) throws Exception {
    return page.number(
        """
        (async () => {
          const reader = (await fetch('clock')).body.getReader();
          await reader.read();
          const first = performance.now();
          await reader.read();
          await reader.cancel();
          return (performance.now() - first) / 1000;
        })()
        """);
  }

  private static void videoPlaysAndSeeks(Browser.Page page) throws Exception {
    page.until("document.getElementById('video').currentTime > 0.3");
    page.until("!document.getElementById('video').seeking");
    double at =
        page.number(
            """
            (async () => {
              const video = document.getElementById('video');
              const wanted = video.duration * 0.7;
              const arrived = new Promise(done => video.addEventListener('seeked', done, {once: true}));
              video.currentTime = wanted;
              await arrived;
              return video.currentTime / video.duration;
            })()
            """);
    assertTrue(at >= 0.69 && at < 1, "the video is at " + at);
    page.until(
        "document.getElementById('video').currentTime / document.getElementById('video').duration < 0.6");
  }

  @Test
  @Order(4)
  void status_ofTheRunningOne_isTold() throws Exception {
    String status = checkout.darban("status").run().good().out();
    assertTrue(status.contains("\"state\" : \"ready\""), status);
    assertTrue(status.contains("\"pid\" : " + darban.pid()), status);
  }

  @Test
  @Order(5)
  void secondOne_onTheSamePorts_saysWhichIsTaken() throws Exception {
    Program.Result second = checkout.darban().run();
    assertEquals(1, second.status(), second::toString);
    assertTrue(second.err().contains("in use"), second::toString);
    assertTrue(second.err().contains(":" + checkout.port(8443)), second::toString);
    assertEquals(1, second.err().lines().count(), second::toString);
  }

  @Test
  @Order(6)
  void stop_byCommand_endsItWell() throws Exception {
    String said = checkout.darban("stop").run().good().out();
    assertEquals("stopping\n", said);
    assertEquals(0, darban.status());
    Program.Result nobody = checkout.darban("status").run();
    assertEquals(1, nobody.status());
    assertTrue(nobody.err().contains("nobody answers on 127.0.0.1:"), nobody::toString);
  }
}
