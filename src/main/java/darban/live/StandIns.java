package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows something else where the publisher of a stream is silent: another stream if somebody sends
 * it, else a slate for as long as anybody watches. To its viewers it is an encoder that begins
 * anew. On one event loop; closed by its hub's owner.
 */
public final class StandIns implements AutoCloseable {
  private final Hub hub;
  private final Loop loop;
  private final Map<LiveStream, StandIn> running = new HashMap<>();

  /** For the streams of {@code hub}, on {@code loop}. */
  public StandIns(Hub hub, Loop loop) {
    this.hub = hub;
    this.loop = loop;
  }

  /**
   * What is shown instead of a stream.
   *
   * @param source another stream, or a slate
   */
  private record StandIn(Object source, Map<Track, Upload> uploads) {
    void end() {
      Failure why = Failure.of(Kind.CONFLICT, "the publisher is back");
      List.copyOf(uploads.values()).forEach(each -> each.cut(why));
    }
  }

  /** Looks who is silent; about twice a second. Any thread. */
  public void tick() {
    loop.execute(() -> {
      Optional<StandbyConfig> config = hub.config().standby();
      List<LiveStream> all = config.isPresent() ? hub.streams() : List.of();
      running
          .entrySet()
          .removeIf(each -> {
            boolean gone = !all.contains(each.getKey());
            if (gone) {
              each.getValue().end();
            }
            return gone;
          });
      all.forEach(each -> look(each, config.orElseThrow()));
    });
  }

  private void look(LiveStream stream, StandbyConfig config) {
    Object source = source(stream, config);
    StandIn now = running.get(stream);
    if (now != null && now.source != source) {
      running.remove(stream);
      now.end();
      now = null;
    }
    if (source != null) {
      StandIn shown = now;
      if (shown == null) {
        shown = new StandIn(source, new HashMap<>());
        running.put(stream, shown);
      }
      show(stream, shown);
    }
  }

  private @Nullable Object source(LiveStream stream, StandbyConfig config) {
    if (!isSilent(stream, config) || config.isBackup(stream.name())) {
      return null;
    }
    LiveStream backup = config.backup(stream.name()).map(hub::find).orElse(null);
    if (backup != null && !isSilent(backup, config)) {
      return backup;
    }
    return stream.audience().size() > 0 ? hub.slate() : null;
  }

  private boolean isSilent(LiveStream stream, StandbyConfig config) {
    return loop.nanos() - stream.heard() > config.after().toNanos();
  }

  private void show(LiveStream stream, StandIn shown) {
    long began = loop.nanos();
    for (Track each : stream.tracks()) {
      if (!shown.uploads.containsKey(each) && each.view().playable()) {
        body(shown.source, each.view(), began).ifPresent(body -> start(stream, each, shown, body));
      }
    }
  }

  private void start(LiveStream stream, Track track, StandIn shown, Body body) {
    Upload upload = hub.standIn(stream, track.id(), loop, body);
    shown.uploads.put(track, upload);
    upload.over().onComplete(done -> loop.execute(() -> shown.uploads.remove(track, upload)));
  }

  private Optional<Body.Stream> body(Object source, TrackView track, long began) {
    return switch (source) {
      case LiveStream backup ->
          counterpart(backup, track)
              .map(found -> new Feed(backup, found).body(loop, new Feed.From.Back(0)));
      case Slate slate -> slate.body(loop, track.isVideo(), track.isAudio(), began);
      default -> throw new IllegalArgumentException();
    };
  }

  /** The track of a stream that is most like one of another: by its name, else by what is in it. */
  private static Optional<Track> counterpart(LiveStream of, TrackView like) {
    List<Track> all = new ArrayList<>();
    for (Track each : of.tracks()) {
      TrackView view = each.view();
      if (view.playable() && view.isVideo() == like.isVideo() && view.isAudio() == like.isAudio()) {
        all.add(each);
      }
    }
    return all.stream()
        .filter(each -> each.id().equals(like.id()))
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  /** Nothing stands in any more. Any thread. */
  @Override
  public void close() {
    loop.execute(() -> {
      running.values().forEach(StandIn::end);
      running.clear();
    });
  }
}
