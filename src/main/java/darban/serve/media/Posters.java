package darban.serve.media;

import darban.flow.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Pictures of films, made by ffmpeg where it is installed: each once while it is remembered, a few
 * at a time, those asked for last first, for they are what somebody looks at. Any thread; a program
 * that takes too long is ended, and nothing else is left open.
 */
final class Posters {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final long MOST_BYTES = 32 << 20;
  private static final long LARGEST = 1 << 20;
  private static final int AT_ONCE = 2;
  private static final int MOST_WAITING = 200;
  private static final int PATIENCE_SECONDS = 20;

  /** Of processes: who watches or searches goes before pictures. */
  private static final String NICENESS = "10";

  private final List<String> program;
  private final Map<String, Optional<Poster>> made = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, List<Waiter>> wanted = new HashMap<>();
  private final Deque<Shot> waiting = new ArrayDeque<>();
  private long weight;
  private int running;

  /** Those that {@code ffmpeg} makes. */
  Posters(Optional<Path> ffmpeg) {
    this.program = ffmpeg.map(Posters::nicely).orElse(List.of());
  }

  private static List<String> nicely(Path program) {
    return program("nice", String.valueOf(System.getenv("PATH")))
        .map(nice -> List.of(nice.toString(), "-n", NICENESS, program.toString()))
        .orElse(List.of(program.toString()));
  }

  /** The program of that name on {@code path}, as shells find it. */
  static Optional<Path> program(String name, String path) {
    for (String each : path.split(File.pathSeparator)) {
      Path file = Path.of(each.isEmpty() ? "." : each, name);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private record Waiter(Loop loop, Promise<Optional<Poster>> promise) {}

  /**
   * A file that a picture is taken of.
   *
   * @param millis how far into it
   * @param passing whether the file was made for this, and goes with it
   */
  record Footage(Path file, long millis, boolean passing) {}

  private record Shot(String key, Supplier<Future<Footage>> footage, Loop loop) {}

  /**
   * The picture of a film; empty if none can be made, or too many are wanted. Told on {@code loop}.
   *
   * @param key differs wherever the film does
   * @param footage asked for on {@code loop} when its turn has come
   */
  synchronized Future<Optional<Poster>> of(
      Loop loop, String key, Supplier<Future<Footage>> footage) {
    Optional<Poster> known = made.get(key);
    if (known != null || program.isEmpty()) {
      return Future.succeededFuture(known == null ? Optional.empty() : known);
    }
    Promise<Optional<Poster>> promise = loop.context().promise();
    List<Waiter> others = wanted.get(key);
    if (others != null) {
      others.add(new Waiter(loop, promise));
      return promise.future();
    }
    wanted.put(key, new ArrayList<>(List.of(new Waiter(loop, promise))));
    waiting.addFirst(new Shot(key, footage, loop));
    if (waiting.size() > MOST_WAITING) {
      tell(waiting.removeLast(), Optional.empty());
    }
    next();
    return promise.future();
  }

  private synchronized void next() {
    while (running < AT_ONCE && !waiting.isEmpty()) {
      Shot shot = waiting.removeFirst();
      running++;
      shot.loop.execute(() -> begin(shot));
    }
  }

  private void begin(Shot shot) {
    Future.succeededFuture()
        .compose(turn -> shot.footage.get())
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onFailure(unreadable -> over(shot))
        .onSuccess(footage ->
            shot.loop
                .context()
                .executeBlocking(() -> taken(footage), false)
                .onComplete(done -> {
                  keep(shot.key, done.succeeded() ? done.result() : Optional.empty());
                  over(shot);
                }));
  }

  private synchronized void keep(String key, Optional<Poster> poster) {
    made.put(key, poster);
    weight += weight(poster);
    while (weight > MOST_BYTES) {
      String oldest = made.keySet().iterator().next();
      weight -= weight(Objects.requireNonNull(made.remove(oldest)));
    }
  }

  private synchronized void over(Shot shot) {
    running--;
    tell(shot, Objects.requireNonNullElse(made.get(shot.key), Optional.empty()));
    next();
  }

  private static long weight(Optional<Poster> poster) {
    return 200L + poster.map(Poster::weight).orElse(0);
  }

  private void tell(Shot shot, Optional<Poster> poster) {
    for (Waiter each : Objects.requireNonNull(wanted.remove(shot.key))) {
      each.loop.execute(() -> each.promise.complete(poster));
    }
  }

  // On worker threads

  private Optional<Poster> taken(Footage footage) throws IOException, InterruptedException {
    try {
      return picture(footage);
    } finally {
      if (footage.passing) {
        Files.delete(footage.file);
      }
    }
  }

  private Optional<Poster> picture(Footage footage) throws IOException, InterruptedException {
    Path picture = Files.createTempFile("darban-poster", ".jpg");
    try {
      Process process =
          new ProcessBuilder(command(footage))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(picture.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        LOG.log(Level.WARNING, "ffmpeg took too long for a picture of " + footage.file);
        return Optional.empty();
      }
      long size = Files.size(picture);
      return process.exitValue() == 0 && size > 0 && size < LARGEST
          ? Optional.of(new Poster("image/jpeg", Files.readAllBytes(picture)))
          : Optional.empty();
    } finally {
      Files.delete(picture);
    }
  }

  private List<String> command(Footage footage) {
    String at = String.format(Locale.ROOT, "%.3f", footage.millis / 1000.0);
    List<String> command = new ArrayList<>(program);
    Collections.addAll(
        command,
        "-nostdin",
        "-v",
        "error",
        "-threads",
        "1",
        "-protocol_whitelist",
        "file,pipe",
        "-ss",
        at,
        "-i",
        "file:" + footage.file,
        "-map",
        "0:v:0",
        "-frames:v",
        "1",
        "-vf",
        "scale=480:-2",
        "-q:v",
        "5",
        "-f",
        "mjpeg",
        "pipe:1");
    return command;
  }
}
