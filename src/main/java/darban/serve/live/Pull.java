package darban.serve.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Gathering;
import darban.live.Feed;
import darban.live.LiveStream;
import darban.live.RelayConfig;
import darban.live.Upload;
import darban.media.MalformedMedia;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Rendition;
import darban.media.hls.Variant;
import darban.origin.Call;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is fetched while somebody watches it: which tracks there are is asked for again and
 * again, and each is one request without end, or what a media playlist names. Event loop of its
 * relay.
 */
final class Pull {
  private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);
  private static final int LONGEST_LIST = 16 << 10;
  private static final int MOST_TRACKS = 64;
  private static final String ONLY = "main";

  private final Relay relay;
  private final LiveStream stream;
  private final Map<String, Fetching> tracks = new HashMap<>();
  private final long began;
  private @Nullable Call list;
  private long listNext;
  private final Map<String, HlsTrack> played = new HashMap<>();
  private boolean over;

  /** What ends the fetching of a track. */
  @FunctionalInterface
  private interface Fetching {
    /** Ends it. */
    void end(Failure why);
  }

  /** A stream that is to be fetched from now on. */
  Pull(Relay relay, LiveStream stream) {
    this.relay = relay;
    this.stream = stream;
    this.began = relay.loop().nanos();
    this.listNext = began;
  }

  LiveStream stream() {
    return stream;
  }

  void tick(long nanos) {
    Optional<RelayConfig.Pull> config = relay.hub().config().relay().pull();
    Optional<String> path = config.flatMap(each -> each.from().of(stream.name()));
    if (path.isEmpty()) {
      end(Failure.of(Kind.NOT_FOUND, "no such live stream"));
    } else if (nanos - stream.audience().silentSince(began) > config.get().linger().toNanos()) {
      end(Failure.of(Kind.NOT_FOUND, "nobody watches it"));
    } else if (list == null && nanos - listNext >= 0) {
      listNext = nanos + AGAIN;
      look(config.get(), path.get());
    }
  }

  private void look(RelayConfig.Pull config, String path) {
    if (config.isPlaylist()) {
      if (played.isEmpty() || played.values().stream().anyMatch(HlsTrack::isIdle)) {
        ask(
            config,
            path,
            body ->
                Gathering.of(relay.loop(), body, HlsTrack.LONGEST_PLAYLIST)
                    .onSuccess(all -> listed(config.from(), path, all))
                    .onFailure(why -> lost(Failure.from(why))));
      }
      return;
    }
    if (!config.isFolder()) {
      fetch(config, ONLY, path);
      return;
    }
    ask(
        config,
        path + "~/tracks",
        body ->
            Gathering.of(relay.loop(), body, LONGEST_LIST)
                .onSuccess(all -> found(config, path, all))
                .onFailure(why -> lost(Failure.from(why))));
  }

  private void ask(RelayConfig.Pull config, String path, java.util.function.Consumer<Body> then) {
    Wait wait = new Wait((head, body) -> then.accept(body), this::lost, null);
    try {
      list = relay.call(config.from(), path, Body.NONE, wait);
      list.start();
    } catch (Failure none) {
      lost(none);
    }
  }

  private void found(RelayConfig.Pull config, String path, byte[] names) {
    list = null;
    List<String> all =
        new String(names, StandardCharsets.UTF_8)
            .lines()
            .filter(each -> each.matches("[a-z0-9-]{1,100}"))
            .limit(MOST_TRACKS)
            .toList();
    all.forEach(each -> fetch(config, each, path + "~/" + each + ".cmfv"));
    if (all.isEmpty() && tracks.isEmpty()) {
      lost(Failure.of(Kind.NOT_FOUND, "nothing comes of that live stream"));
    }
  }

  /** A playlist came: of segments, or of other playlists. */
  private void listed(RelayConfig.Place place, String path, byte[] bytes) {
    list = null;
    try {
      Map<String, String> found = playlists(path, HlsPlaylist.read(ByteBuffer.wrap(bytes)));
      found.forEach((track, of) -> play(place, track, of));
    } catch (MalformedMedia wrong) {
      lost(Failure.of(Kind.RESPONSE_MALFORMED, "the playlist is none: " + wrong.getMessage()));
    } catch (Failure refused) {
      lost(refused);
    }
  }

  /** Paths of media playlists, by what their tracks are called here. */
  private static Map<String, String> playlists(String path, HlsPlaylist playlist) {
    if (!playlist.multivariant()) {
      return Map.of(ONLY, path);
    }
    MultivariantPlaylist all = MultivariantPlaylist.of(playlist);
    Map<String, String> found = new LinkedHashMap<>();
    Stream<String> sounds =
        all.renditions().stream()
            .filter(each -> each.type().equals("AUDIO") && !each.uri().isEmpty())
            .map(Rendition::uri);
    List<String> uris =
        Stream.concat(all.variants().stream().map(Variant::uri), sounds)
            .distinct()
            .limit(MOST_TRACKS)
            .toList();
    uris.forEach(each -> found.put("track-" + found.size(), HlsTrack.address(path, each)));
    return found;
  }

  private void play(RelayConfig.Place place, String track, String path) {
    HlsTrack from = played.computeIfAbsent(track, any -> new HlsTrack(relay, place, path));
    if (!over && !tracks.containsKey(track) && !from.isOver()) {
      relay.hub().relays().pulled().increment();
      tracks.put(track, why -> {});
      from.pieceEnds(take(track, from.body())::pieceEnds);
    }
  }

  /** The list did not come: who waits for the first of the stream waits no more. */
  private void lost(Failure why) {
    list = null;
    if (tracks.isEmpty()) {
      relay.hub().relays().failures().increment();
      if (stream.feeds().isEmpty()) {
        end(why);
      }
    }
  }

  private void fetch(RelayConfig.Pull config, String track, String path) {
    if (over || tracks.containsKey(track)) {
      return;
    }
    long after =
        stream.feeds().stream()
            .filter(each -> each.track().equals(track))
            .mapToLong(Feed::end)
            .findFirst()
            .orElse(-1);
    Wait wait = new Wait((head, body) -> take(track, body), why -> ended(track, why), null);
    String from = after < 0 || !config.isFolder() ? path : path + "?after=" + after;
    Call call;
    try {
      call = relay.call(config.from(), from, Body.NONE, wait);
    } catch (Failure none) {
      lost(none);
      return;
    }
    tracks.put(track, call::cancel);
    relay.hub().relays().pulled().increment();
    call.start();
  }

  private Upload take(String track, Body body) {
    Upload upload = relay.hub().relay(stream, track, relay.loop(), body);
    tracks.put(track, upload::cut);
    upload
        .over()
        .onComplete(done -> ended(track, done.failed() ? Failure.from(done.cause()) : null));
    return upload;
  }

  private void ended(String track, @Nullable Failure why) {
    if (tracks.remove(track) != null) {
      relay.hub().relays().pulled().decrement();
      if (why != null) {
        relay.hub().relays().failures().increment();
        if (tracks.isEmpty() && stream.feeds().isEmpty()) {
          end(why);
        }
      }
    }
  }

  /** Nothing is fetched any more. */
  void end(Failure why) {
    if (over) {
      return;
    }
    over = true;
    if (list != null) {
      list.cancel(why);
    }
    Map<String, Fetching> all = Map.copyOf(tracks);
    relay.hub().relays().pulled().add(-tracks.size());
    tracks.clear();
    all.values().forEach(each -> each.end(why));
    relay.over(this, why);
  }
}
