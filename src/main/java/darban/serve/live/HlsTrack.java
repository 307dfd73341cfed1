package darban.serve.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Gathering;
import darban.flow.Loop;
import darban.flow.Sequence;
import darban.live.RelayConfig;
import darban.media.MalformedMedia;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Segment;
import darban.origin.Call;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A media playlist of another origin as one body without end: what goes before its segments, if
 * they are MP4, and then one segment after the other (RFC 8216 §6.3.3), as encoders post them.
 * Begins three segments before the live edge; what was on its way when it broke off is passed over.
 * Event loop.
 */
final class HlsTrack implements Sequence.Parts {
  /** A client does not begin nearer to the end (RFC 8216 §6.3.3). */
  private static final int BEHIND = 3;

  static final int LONGEST_PLAYLIST = 4 << 20;

  private final Relay relay;
  private final RelayConfig.Place place;
  private final String path;
  private final Deque<String> left = new ArrayDeque<>();
  private final Loop loop;
  private Segment.@Nullable Map map;
  private long next = -1;
  private boolean ended;
  private boolean idle = true;
  private long timer = -1;
  private @Nullable Call call;
  private @Nullable Promise<Body> asked;
  private Runnable pieceEnds = () -> {};

  /** The playlist under {@code path} of a service. */
  HlsTrack(Relay relay, RelayConfig.Place place, String path) {
    this.relay = relay;
    this.loop = relay.loop();
    this.place = place;
    this.path = path;
  }

  /** All that is to come as one body, of which there is one at a time. */
  Body body() {
    left.clear();
    map = null;
    pieceEnds = () -> {};
    idle = false;
    return new Sequence(loop, this, -1);
  }

  /** Who is told where what came last ends, from now on. */
  void pieceEnds(Runnable told) {
    pieceEnds = told;
  }

  /** Whether there is more to come, and no body that brings it. */
  boolean isIdle() {
    return idle && !isOver();
  }

  /** Whether the playlist has come to its end, and all of it was given. */
  boolean isOver() {
    return ended && left.isEmpty();
  }

  @Override
  public @Nullable Future<Body> next() {
    pieceEnds.run();
    if (left.isEmpty() && ended) {
      return null;
    }
    Promise<Body> wanted = loop.context().promise();
    asked = wanted;
    if (left.isEmpty()) {
      reload();
    } else {
      fetch();
    }
    return wanted.future();
  }

  private void fetch() {
    call(left.remove(), body -> answer().complete(body));
  }

  private Promise<Body> answer() {
    Promise<Body> answer = Objects.requireNonNull(asked);
    asked = null;
    return answer;
  }

  private void reload() {
    call(
        path,
        body ->
            Gathering.of(loop, body, LONGEST_PLAYLIST)
                .map(bytes -> MediaPlaylist.of(HlsPlaylist.read(ByteBuffer.wrap(bytes))))
                .onSuccess(this::loaded)
                .onFailure(this::failed));
  }

  private void loaded(MediaPlaylist playlist) {
    if (asked == null) {
      return;
    }
    try {
      take(playlist);
    } catch (Failure refused) {
      failed(refused);
      return;
    }
    if (!left.isEmpty()) {
      fetch();
    } else if (ended) {
      answer().complete(Body.NONE);
    } else {
      // RFC 8216 §6.3.4: half a target duration where nothing has changed.
      long millis = 500L * playlist.header().targetSeconds();
      timer =
          loop.context().owner().setTimer(Math.max(1, millis), fired -> loop.execute(this::due));
    }
  }

  private void due() {
    timer = -1;
    if (asked != null) {
      reload();
    }
  }

  private void take(MediaPlaylist playlist) {
    List<Segment> segments = playlist.segments();
    long first = playlist.header().sequence();
    long end = first + segments.size();
    if (next < 0 || next > end) {
      next = Math.max(first, end - BEHIND);
    }
    for (next = Math.max(next, first); next < end; next++) {
      Segment segment = segments.get((int) (next - first));
      if (!segment.context().gap()) {
        take(segment);
      }
    }
    ended = playlist.header().is(Trait.ENDED);
  }

  private void take(Segment segment) {
    Segment.Map before = segment.context().map();
    if (!segment.context().keys().isEmpty()) {
      throw refused("its segments are encrypted");
    }
    if (segment.range() != null || (before != null && before.range() != null)) {
      throw refused("its segments are parts of files, and not files");
    }
    // Transport streams have none, and begin anew with each segment.
    if (before != null && (!before.equals(map) || segment.context().discontinuity())) {
      left.add(address(path, before.uri()));
      map = before;
    }
    left.add(address(path, segment.uri()));
  }

  private static Failure refused(String why) {
    return Failure.of(Kind.RESPONSE_MALFORMED, "this playlist cannot be fetched: " + why);
  }

  /** The path of what a playlist names; of the same server only. */
  static String address(String playlist, String uri) {
    try {
      URI found = URI.create("//here" + playlist).resolve(uri);
      if (found.getScheme() == null && "here".equals(found.getRawAuthority())) {
        String query = found.getRawQuery();
        return found.getRawPath() + (query == null ? "" : "?" + query);
      }
    } catch (IllegalArgumentException unreadable) {
      throw refused("it has the address " + MalformedMedia.printable(uri));
    }
    throw refused("it leads to another server: " + MalformedMedia.printable(uri));
  }

  private void call(String address, Consumer<Body> then) {
    Wait wait = new Wait((head, body) -> taken(body, then), this::failed, null);
    try {
      call = relay.call(place, address, Body.NONE, wait);
      call.start();
    } catch (Failure none) {
      failed(none);
    }
  }

  private void taken(Body body, Consumer<Body> then) {
    call = null;
    if (asked == null) {
      body.discard(Failure.of(Kind.CLIENT_GONE, "it is not wanted any more"));
    } else {
      then.accept(body);
    }
  }

  private void failed(Throwable why) {
    call = null;
    if (asked != null) {
      answer()
          .fail(
              why instanceof MalformedMedia wrong
                  ? refused(String.valueOf(wrong.getMessage()))
                  : Failure.from(why));
    }
  }

  @Override
  public void abandon(Failure why) {
    if (call != null) {
      call.cancel(why);
    }
    if (timer >= 0) {
      loop.context().owner().cancelTimer(timer);
    }
    failed(why);
  }

  @Override
  public void close() {
    idle = true;
  }
}
