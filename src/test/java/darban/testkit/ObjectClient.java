package darban.testkit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Gets the objects of an {@link ObjectOrigin} by way of a gateway, and compares every byte. Any
 * thread; closed by the test.
 */
public final class ObjectClient implements AutoCloseable {
  /** What came of a request. */
  public enum Outcome {
    /** All right, out of the cache. */
    HIT,
    /** All right, from the origin. */
    FETCHED,
    /** No answer, a refusal, or not all of it. */
    FAILED,
    /** Not what it should be. */
    WRONG
  }

  private final String base;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A client of the gateway at that address. */
  public ObjectClient(String address) {
    this.base = "http://" + address;
  }

  /** Gets an object. */
  public Outcome get(String path) {
    return get(path, 0, length(path));
  }

  private static int length(String path) {
    return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
  }

  /** Gets bytes {@code [from, to)} of an object, by range unless that is all. */
  public Outcome get(String path, int from, int to) {
    boolean all = from == 0 && to == length(path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30));
    if (!all) {
      request.header("Range", "bytes=" + from + "-" + (to - 1));
    }
    try {
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != (all ? 200 : 206)) {
        return Outcome.FAILED;
      }
      byte[] body = answer.body();
      if (body.length != to - from || !Noise.is(path, from, body, body.length)) {
        return Outcome.WRONG;
      }
      String status = answer.headers().firstValue("Cache-Status").orElse("");
      return status.contains("hit") ? Outcome.HIT : Outcome.FETCHED;
    } catch (IOException broken) {
      return Outcome.FAILED;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return Outcome.FAILED;
    }
  }

  /**
   * How many of all requests came to what.
   *
   * @param of one for each outcome, in their order
   */
  public record Tally(List<Integer> of) {
    /** How many came to that. */
    public int count(Outcome outcome) {
      return of.get(outcome.ordinal());
    }

    @Override
    public String toString() {
      StringBuilder all = new StringBuilder();
      for (Outcome each : Outcome.values()) {
        all.append(all.isEmpty() ? "" : ", ").append(each).append(' ').append(count(each));
      }
      return all.toString();
    }
  }

  /** Gets all of these, some at a time. */
  public Tally getAll(List<String> paths) throws InterruptedException {
    return getAll(paths, path -> true);
  }

  /** Gets all of these, some at a time, as long as {@code goOn} says so of the next. */
  public Tally getAll(List<String> paths, Predicate<String> goOn) throws InterruptedException {
    List<AtomicInteger> counts =
        List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (String path : paths) {
        pool.execute(() -> {
          if (goOn.test(path)) {
            counts.get(get(path).ordinal()).incrementAndGet();
          }
        });
      }
    }
    return new Tally(counts.stream().map(AtomicInteger::get).toList());
  }

  @Override
  public void close() {
    client.close();
  }
}
