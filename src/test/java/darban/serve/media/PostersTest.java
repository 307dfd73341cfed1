package darban.serve.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures by a program that stands for ffmpeg. */
class PostersTest {
  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init")
  private static OneLoop loop;

  @BeforeAll
  static void start() {
    loop = new OneLoop(Ticker.system());
  }

  @AfterAll
  static void stop() throws Exception {
    loop.close();
  }

  /** Counts itself, then does this. */
  private Posters posters(String script) throws Exception {
    Path program = folder.resolve("ffmpeg");
    Files.writeString(program, "#!/bin/sh\necho x >> " + folder.resolve("count") + "\n" + script);
    assertTrue(program.toFile().setExecutable(true));
    return new Posters(Posters.program("ffmpeg", "/nowhere:" + folder));
  }

  private long count() throws Exception {
    return Files.readAllLines(folder.resolve("count")).size();
  }

  private Future<Optional<Poster>> ask(Posters posters, String key) throws Exception {
    Path film = folder.resolve("film");
    return ask(posters, key, Future.succeededFuture(new Posters.Footage(film, 1000, false)));
  }

  private static Future<Optional<Poster>> ask(
      Posters posters, String key, Future<Posters.Footage> footage) throws Exception {
    return loop.on(() -> posters.of(loop.loop(), key, () -> footage));
  }

  @Test
  void manyWhoAsk_oneIsMade_andKept() throws Exception {
    Posters posters = posters("echo picture\n");
    List<Future<Optional<Poster>>> asked = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      asked.add(ask(posters, "a"));
    }
    Poster first = Await.result(asked.getFirst()).orElseThrow();
    for (Future<Optional<Poster>> each : asked) {
      assertSame(first, Await.result(each).orElseThrow());
    }
    assertSame(first, Await.result(ask(posters, "a")).orElseThrow());
    assertEquals(1, count());
    Await.result(ask(posters, "b"));
    assertEquals(2, count());
  }

  @Test
  void programThatFails_isNotAskedAgain() throws Exception {
    Posters posters = posters("echo half a picture\nexit 1\n");
    for (int i = 0; i < 2; i++) {
      assertFalse(Await.result(ask(posters, "a")).isPresent());
    }
    assertEquals(1, count());
  }

  @Test
  void footageThatWasMadeForIt_goes_andThatCannotBeHad_isAskedForAgain() throws Exception {
    Posters posters = posters("echo picture\n");
    assertFalse(Await.result(ask(posters, "a", Future.failedFuture("unreadable"))).isPresent());
    Path still = Files.createFile(folder.resolve("still"));
    Future<Posters.Footage> made = Future.succeededFuture(new Posters.Footage(still, 0, true));
    assertTrue(Await.result(ask(posters, "a", made)).isPresent());
    assertFalse(Files.exists(still));
  }

  @Test
  void tooMany_theOldestGoWithout() throws Exception {
    Path gate = folder.resolve("gate");
    Posters posters = posters("while [ ! -e " + gate + " ]; do sleep 0.02; done\necho picture\n");
    List<Future<Optional<Poster>>> asked = new ArrayList<>();
    for (int i = 0; i < 203; i++) {
      asked.add(ask(posters, "film " + i));
    }
    assertFalse(Await.result(asked.get(2)).isPresent());
    Files.createFile(gate);
    assertTrue(Await.result(asked.getFirst()).isPresent());
    assertTrue(Await.result(asked.getLast()).isPresent());
    for (Future<Optional<Poster>> each : asked) {
      Await.result(each);
    }
  }

  @Test
  void program_goesBehindWhatElseTheMachineDoes() throws Exception {
    Path niceness = folder.resolve("niceness");
    Await.result(ask(posters("nice > " + niceness + "\necho picture\n"), "a"));
    assertEquals("10", Files.readString(niceness).strip());
  }

  @Test
  void noProgram_noPicture() throws Exception {
    assertEquals(Optional.empty(), Posters.program("no such program", "/bin:"));
    assertFalse(Await.result(ask(new Posters(Optional.empty()), "a")).isPresent());
  }
}
