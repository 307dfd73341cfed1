package darban.stage.cache;

import darban.live.Audience;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What goes through of each stream of others, and how many watch it. Any thread. There are a
 * hundred streams at most; those that nobody asks for any more go first.
 */
public final class EdgeAudience {
  private static final int MOST = 100;
  private static final int MOST_VIEWERS = 10_000;

  /** After so many requests those who have left are forgotten, whether or not anybody counts. */
  private static final int ROUND = 1_000;

  private final Function<String, LongConsumer> lagsOf;
  private final Map<String, Stream> streams =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Stream> eldest) {
          return size() > MOST;
        }
      };

  /**
   * Nobody at first.
   *
   * @param lagsOf what takes, in nanoseconds, how long bytes of a service's streams took from its
   *     origin to a viewer
   */
  public EdgeAudience(Function<String, LongConsumer> lagsOf) {
    this.lagsOf = lagsOf;
  }

  /** A stream: its viewers, and what was counted of it. */
  static final class Stream {
    private final Audience audience = new Audience(MOST_VIEWERS);
    private final LongAdder requests = new LongAdder();
    private final LongAdder fetches = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder holds = new LongAdder();
    private final LongAdder heldNanos = new LongAdder();
    private final LongAdder lags = new LongAdder();
    private final LongAdder lagNanos = new LongAdder();
    private final LongConsumer ofService;

    private Stream(LongConsumer ofService) {
      this.ofService = ofService;
    }

    /** A viewer got so many bytes. */
    void sent(int viewer, long bytes, long nanos) {
      requests.increment();
      if (requests.sum() % ROUND == 0) {
        audience.tick(nanos);
      }
      audience.seen(viewer, nanos);
      sent.add(bytes);
    }

    /** A request was held until what it asked for was there. */
    void held(long nanos) {
      holds.increment();
      heldNanos.add(nanos);
    }

    /** Bytes of a segment or a part took so long from the origin to a viewer who waited. */
    void lag(long nanos) {
      lags.increment();
      lagNanos.add(nanos);
      ofService.accept(nanos);
    }

    /** The origin was asked. */
    void fetched() {
      fetches.increment();
    }

    /** The origin sent so many bytes. */
    void received(long bytes) {
      received.add(bytes);
    }
  }

  /**
   * What was counted of a stream.
   *
   * @param service its route's
   * @param name the path of its folder
   * @param viewers who asked for something of late
   * @param requests of viewers
   * @param fetches requests to the origin
   * @param sent bytes to viewers
   * @param received bytes from the origin
   * @param holds requests that were held until what they asked for was there
   * @param heldNanos how long, together
   * @param lags times bytes of segments and parts came for a viewer who waited for them
   * @param lagNanos how long these took from the origin's answer to the viewer's, together
   */
  public record Figures(
      String service,
      String name,
      int viewers,
      long requests,
      long fetches,
      long sent,
      long received,
      long holds,
      long heldNanos,
      long lags,
      long lagNanos) {}

  /** The stream of that name, new if it is not known. */
  synchronized Stream stream(String service, String name) {
    return streams.computeIfAbsent(service + ' ' + name, both -> new Stream(lagsOf.apply(service)));
  }

  /** All of them, now. */
  public synchronized List<Figures> figures(long nanos) {
    List<Figures> all = new ArrayList<>();
    streams.forEach((both, each) -> {
      int space = both.indexOf(' ');
      each.audience.tick(nanos);
      all.add(
          new Figures(
              both.substring(0, space),
              both.substring(space + 1),
              each.audience.size(),
              each.requests.sum(),
              each.fetches.sum(),
              each.sent.sum(),
              each.received.sum(),
              each.holds.sum(),
              each.heldNanos.sum(),
              each.lags.sum(),
              each.lagNanos.sum()));
    });
    return all;
  }
}
