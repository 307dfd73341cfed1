package darban.stage.cache;

import darban.observe.Title;
import darban.observe.Titles;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * What goes through of each stream of others, and how many watch it. Any thread. There are as many
 * streams as {@link Titles} has; those that nobody asks for any more go first.
 */
public final class EdgeAudience {
  private final Titles<Name, Stream> streams;

  /**
   * Nobody at first.
   *
   * @param lagsOf what takes, in nanoseconds, how long bytes of a service's streams took from its
   *     origin to a viewer
   */
  public EdgeAudience(Function<String, LongConsumer> lagsOf) {
    streams = new Titles<>((name, nanos) -> new Stream(lagsOf.apply(name.service), nanos));
  }

  private record Name(String service, String stream) {}

  /** A stream: its viewers, and what was counted of it. */
  static final class Stream {
    private final Title title;
    private final LongAdder fetches = new LongAdder();
    private final LongAdder holds = new LongAdder();
    private final LongAdder heldNanos = new LongAdder();
    private final LongAdder lags = new LongAdder();
    private final LongAdder lagNanos = new LongAdder();
    private final LongConsumer ofService;

    private Stream(LongConsumer ofService, long nanos) {
      this.title = new Title(nanos);
      this.ofService = ofService;
    }

    /** A viewer got so many bytes. */
    void sent(int viewer, long bytes, long nanos) {
      title.requested();
      title.sent(viewer, bytes, nanos);
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
      title.received(bytes);
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
  Stream stream(String service, String name, long nanos) {
    return streams.of(new Name(service, name), nanos);
  }

  /** All of them, now. */
  public List<Figures> figures(long nanos) {
    List<Figures> all = new ArrayList<>();
    streams.forEach((name, each) ->
        all.add(
            new Figures(
                name.service,
                name.stream,
                each.title.viewers(nanos),
                each.title.requests(),
                each.fetches.sum(),
                each.title.sent(),
                each.title.received(),
                each.holds.sum(),
                each.heldNanos.sum(),
                each.lags.sum(),
                each.lagNanos.sum())));
    return all;
  }
}
