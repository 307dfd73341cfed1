package darban.live;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Loop;
import darban.flow.Sequence;
import darban.media.cmaf.Chunk;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a track is sent on as, one piece after the other. It holds a segment at a time and never the
 * publisher back: whoever is {@link #MOST_BEHIND} behind goes on with the newest. Event loop.
 *
 * <pre>
 *   head │ prft segment │ prft segment │ … │ head │ prft segment
 * </pre>
 *
 * <p>Where a publisher does not tell when it made a segment, that is told here (prft, ISO/IEC
 * 14496-12 §8.16.5), so that the times of day are the same wherever it is sent.
 */
final class FeedParts implements Sequence.Parts {
  private static final int MOST_BEHIND = 4;
  private static final long NEAR = 250_000;
  private static final long RESTARTED = 1_000_000;
  private static final long HELD = 3_600_000_000_000L;

  private final LiveStream stream;
  private final Track track;
  private final Loop loop;
  private final Feed.From from;
  private final Deque<Body> ready = new ArrayDeque<>();
  private LiveSegment.@Nullable Head head;
  private Waiting.@Nullable Held<Step> held;
  private long next = -1;

  /** What comes next. */
  private sealed interface Step {
    /** A segment. */
    record Next(LiveSegment segment) implements Step {}

    /** The rest. */
    enum Sign implements Step {
      END
    }
  }

  FeedParts(LiveStream stream, Track track, Loop loop, Feed.From from) {
    this.stream = stream;
    this.track = track;
    this.loop = loop;
    this.from = from;
  }

  @Override
  public @Nullable Future<Body> next() {
    Body first = ready.poll();
    if (first != null) {
      return Future.succeededFuture(first);
    }
    Step found = look();
    if (found != null) {
      return found == Step.Sign.END ? null : Future.succeededFuture(begin(found));
    }
    Waiting.Held<Step> waits = stream.waiting().hold(loop, HELD, this::look);
    held = waits;
    return waits.future().map(there -> there.map(this::begin).orElse(Body.NONE));
  }

  /** What comes next; null while it has not begun. */
  private @Nullable Step look() {
    TrackView view = track.view();
    List<LiveSegment> all = new ArrayList<>(view.whole());
    if (view.edge() != null) {
      all.add(view.edge());
    }
    LiveSegment found = next < 0 ? first(all) : following(all);
    if (found != null) {
      return new Step.Next(found);
    }
    return view.ended() || stream.track(track.id()) != track ? Step.Sign.END : null;
  }

  private @Nullable LiveSegment first(List<LiveSegment> all) {
    if (all.isEmpty()) {
      return null;
    }
    return switch (from) {
      case Feed.From.Back(int segments) -> all.get(Math.max(0, all.size() - 1 - segments));
      case Feed.From.After(long micros) ->
          all.getLast().end < micros - RESTARTED
              ? all.getLast()
              : all.stream()
                  .filter(each ->
                      each.timeline == all.getLast().timeline && each.start >= micros - NEAR)
                  .findFirst()
                  .orElse(null);
    };
  }

  private @Nullable LiveSegment following(List<LiveSegment> all) {
    LiveSegment found = all.stream().filter(each -> each.sequence >= next).findFirst().orElse(null);
    if (found != null && all.getLast().sequence - found.sequence > MOST_BEHIND) {
      found = all.getLast();
    }
    if (found != null) {
      stream.counters().skipped().add(found.sequence - next);
    }
    return found;
  }

  private Body begin(Step step) {
    return switch (step) {
      case Step.Next(LiveSegment segment) -> begin(segment);
      case Step.Sign end -> Body.NONE;
    };
  }

  private Body begin(LiveSegment segment) {
    next = segment.sequence + 1;
    ClipReader reader = ClipReader.of(segment.clip, loop, 0, Long.MAX_VALUE, stream.counters());
    if (reader == null) {
      return Body.NONE;
    }
    if (segment.head != head) {
      head = segment.head;
      ready.add(new Body.Bytes(Unpooled.wrappedBuffer(segment.head.bytes().duplicate())));
    }
    if (!segment.clip.hasBox("prft", "moof")) {
      ready.add(new Body.Bytes(Unpooled.wrappedBuffer(producerTime(segment))));
    }
    ready.add(reader);
    return ready.remove();
  }

  private static ByteBuffer producerTime(LiveSegment segment) {
    darban.media.mp4.Track of =
        segment.head.movie().movie().tracks().stream()
            .filter(darban.media.mp4.Track::isVideo)
            .findFirst()
            .orElse(segment.head.movie().movie().tracks().getFirst());
    long time = Math.floorDiv(segment.start * of.timeline().timescale(), 1_000_000L);
    return new Chunk.ProducerTime(of.id(), segment.timeline.wall(segment.start), time).box();
  }

  @Override
  public void abandon(Failure why) {
    Waiting.Held<Step> waits = held;
    if (waits != null) {
      waits.cancel();
    }
  }

  @Override
  public void close() {
    ready.forEach(each -> each.discard(LiveStream.notFound()));
    ready.clear();
  }
}
