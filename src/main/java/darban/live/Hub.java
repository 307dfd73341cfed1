package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import darban.base.Ticker;
import darban.flow.Body;
import darban.flow.Loop;
import darban.media.MalformedMedia;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The live streams of one name in the configuration. Any thread; closed by whoever made it. */
public final class Hub {
  private static final int MOST_NAME = 256;
  private static final int MOST_REFUSED = 1000;

  /** What was not to be had is not asked for again at once, however many want it. */
  private static final long REFUSED = 1_000_000_000L;

  private final String name;
  private final LongConsumer lags;
  private final Map<String, LiveStream> streams = new ConcurrentHashMap<>();
  private final AtomicLong serials;
  private volatile HubConfig config;
  private volatile Tally failedLogins;
  private volatile @Nullable Spool spool;
  private volatile @Nullable Recorder recorder;
  private volatile @Nullable Puller puller;
  private final Set<String> pulling = ConcurrentHashMap.newKeySet();
  private final Map<String, Refused> refused = new ConcurrentHashMap<>();
  private final RelayCounters relays = new RelayCounters();
  private final Ticker ticker;
  private final Instant began;
  private final Waiting arrivals = new Waiting(held -> {});
  private final LongAdder diskFailures = new LongAdder();
  private final Pause recording = new Pause(diskFailures);
  private final Pause slates = new Pause(diskFailures);
  private volatile @Nullable Slate slate;
  private @Nullable Path slatePath;
  private final Pause spooling = new Pause(diskFailures);

  /**
   * No streams yet.
   *
   * @param lags told how long bytes took from a publisher to a viewer who waited for them
   */
  public Hub(String name, HubConfig config, Ticker ticker, LongConsumer lags) {
    this.name = name;
    this.config = config;
    this.failedLogins = config.failedLogins().tally();
    this.lags = lags;
    this.ticker = ticker;
    this.began = ticker.now();
    // Later than any that a process before this one gave: nobody gives a thousand a millisecond.
    this.serials = new AtomicLong(began.toEpochMilli() * 1000);
  }

  /** What the configuration calls it. */
  public String name() {
    return name;
  }

  /** How it is now. */
  public HubConfig config() {
    return config;
  }

  /** It is another one from now on. */
  public void config(HubConfig now) {
    if (!now.failedLogins().equals(config.failedLogins())) {
      failedLogins = now.failedLogins().tally();
    }
    config = now;
    streams.values().forEach(each -> each.config(now));
  }

  /** Wrong passwords, on all loops. */
  public Tally failedLogins() {
    return failedLogins;
  }

  /** What was not to be had, and when. */
  private record Refused(Failure why, long nanos) {}

  /** Who fetches streams that are wanted and not here. Any thread. */
  @FunctionalInterface
  public interface Puller {
    /** Fetches it; {@link #pulled} is told in the end. */
    void pull(LiveStream stream);
  }

  /** Who fetches streams from now on; null for nobody. */
  public void puller(@Nullable Puller now) {
    puller = now;
  }

  /** The stream of that name, which a viewer wants: it is fetched where that can be; or null. */
  public @Nullable LiveStream wanted(String stream, long nanos) {
    LiveStream known = streams.get(stream);
    Puller who = puller;
    if (who == null || (known != null && known.isFed(nanos))) {
      return known;
    }
    Refused refused = known == null ? this.refused.get(stream) : null;
    if (refused != null && nanos - refused.nanos < REFUSED) {
      throw refused.why;
    }
    if (!pulling.add(stream)) {
      return known;
    }
    try {
      LiveStream joined = joined(stream, nanos);
      joined.fetched();
      who.pull(joined);
      return joined;
    } catch (Failure full) {
      pulling.remove(stream);
      throw full;
    }
  }

  /** A stream is fetched no more, or was not to be had. */
  public void pulled(LiveStream stream, Failure why, long nanos) {
    stream.absent(why);
    if (stream.tracks().isEmpty()) {
      // Strangers may ask for any name.
      streams.remove(stream.name(), stream);
      stream.close();
      if (refused.size() >= MOST_REFUSED) {
        refused.clear();
      }
      refused.put(stream.name(), new Refused(why, nanos));
    }
    stream.leave(nanos);
    pulling.remove(stream.name());
  }

  /** All of them. */
  public List<LiveStream> streams() {
    return List.copyOf(streams.values());
  }

  /** What is counted of sending streams on, and fetching them. */
  public RelayCounters relays() {
    return relays;
  }

  /** Takes a track from elsewhere into a stream that is here. On the body's loop. */
  public Upload relay(LiveStream stream, String track, Loop loop, Body body) {
    stream.join(loop.nanos());
    Upload upload = Upload.start(stream, FileName.ofTrack(track), loop, body, Upload.Sender.ORIGIN);
    upload.over().onComplete(over -> stream.leave(loop.nanos()));
    return upload;
  }

  /** Whether it has just begun: publishers that a restart cut off may yet come back. */
  public boolean isNew() {
    return config.isNew(began, ticker.now());
  }

  /** Requests that are held until a stream begins. */
  public Waiting arrivals() {
    return arrivals;
  }

  /** The stream of that name, or null. */
  public @Nullable LiveStream find(String stream) {
    return streams.get(stream);
  }

  /**
   * Takes what a publisher sends. On the body's loop.
   *
   * @param stream its name; it is made when there is none
   * @return completes when all of it came, and fails when it did not
   */
  public Future<?> publish(String stream, String file, Loop loop, Body body) {
    LiveStream into;
    try {
      into = joined(stream, loop.nanos());
    } catch (Failure refused) {
      body.discard(refused);
      return Future.failedFuture(refused);
    }
    Upload upload = Upload.start(into, file, loop, body, Upload.Sender.PUBLISHER);
    upload.over().onComplete(over -> into.leave(loop.nanos()));
    return upload.over();
  }

  private LiveStream joined(String stream, long nanos) {
    while (true) {
      LiveStream known = streams.get(stream);
      if (known == null) {
        if (streams.size() >= config.streams() || stream.length() > MOST_NAME) {
          throw Failure.of(Kind.CONTENT_TOO_LARGE, "too many live streams");
        }
        StreamCounters counters = new StreamCounters(lags);
        known =
            streams.computeIfAbsent(
                stream,
                each ->
                    new LiveStream(
                        each, ticker.now(), config, serials::incrementAndGet, counters, nanos));
        arrivals.ring();
      }
      if (known.join(nanos)) {
        return known;
      }
      // It was given up just now.
      streams.remove(stream, known);
    }
  }

  /** Looks at deadlines; about twice a second. */
  public void tick(long nanos) {
    arrivals.ring();
    for (LiveStream each : List.copyOf(streams.values())) {
      each.tick(nanos);
      if (each.isIdle(nanos)) {
        streams.remove(each.name(), each);
        each.close();
      }
    }
  }

  /**
   * Records what has come, and puts on disk what does not stay in memory. Blocks.
   *
   * @throws IOException when the disk begins not to take it: then less is kept
   */
  public synchronized void toDisk() throws IOException {
    long nanos = ticker.nanos();
    try {
      recording.run(nanos, this::record);
    } finally {
      spooling.run(nanos, this::spool);
      slates.run(nanos, this::readSlate);
    }
  }

  /** How often the disk did not take something. */
  public long diskFailures() {
    return diskFailures.sum();
  }

  private void record() throws IOException {
    Recorder before = recorder;
    Recorder now = before;
    Optional<HubConfig.Recordings> wanted = config.recordings();
    if (before != null && !wanted.equals(Optional.of(before.config()))) {
      recorder = null;
      now = null;
      before.close(List.copyOf(streams.values()));
    }
    if (now == null && wanted.isPresent()) {
      now = new Recorder(wanted.get(), ticker, FileChannel::open);
      recorder = now;
    }
    if (now != null) {
      now.take(List.copyOf(streams.values()));
    }
  }

  private void spool() throws IOException {
    Optional<HubConfig.Disk> disk = config.ring().disk();
    Spool open = spool;
    if (open != null && (disk.isEmpty() || !disk.get().path().equals(open.folder()))) {
      open.close();
      open = null;
      spool = null;
    }
    if (disk.isEmpty()) {
      return;
    }
    if (open == null) {
      open = new Spool(disk.get().path());
      spool = open;
    }
    for (LiveStream each : streams.values()) {
      each.toDisk(open);
    }
  }

  /** Takes what stands in for a silent publisher. On the body's loop. */
  Upload standIn(LiveStream stream, String track, Loop loop, Body body) {
    stream.join(loop.nanos());
    Upload upload =
        Upload.start(stream, FileName.ofTrack(track), loop, body, Upload.Sender.STAND_IN);
    upload.over().onComplete(over -> stream.leave(loop.nanos()));
    return upload;
  }

  /** What is shown where nobody sends; null for nothing. */
  @Nullable Slate slate() {
    return slate;
  }

  private void readSlate() throws IOException {
    Path wanted = config.standby().flatMap(StandbyConfig::slate).orElse(null);
    if (wanted == null) {
      slate = null;
    } else if (slate == null || !wanted.equals(slatePath)) {
      try {
        slate = Slate.read(wanted);
        slatePath = wanted;
      } catch (MalformedMedia changed) {
        throw new IOException(wanted + ": " + changed.getMessage(), changed);
      }
    }
  }

  /** How its streams do. */
  public List<LiveStream.Figures> figures(long nanos) {
    return streams.values().stream().map(each -> each.figures(nanos)).toList();
  }

  /**
   * Ends all streams. Blocks.
   *
   * @throws IOException when the last of a recording was not written
   */
  public synchronized void close() throws IOException {
    Recorder last = recorder;
    recorder = null;
    Spool open = spool;
    try {
      if (last != null) {
        last.close(List.copyOf(streams.values()));
      }
    } finally {
      arrivals.close();
      streams.values().forEach(LiveStream::close);
      streams.clear();
      if (open != null) {
        open.close();
      }
    }
  }
}
