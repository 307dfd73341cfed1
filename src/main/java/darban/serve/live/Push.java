package darban.serve.live;

import darban.base.Failure;
import darban.live.Feed;
import darban.live.RelayConfig;
import darban.origin.Call;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A track that is sent on to an origin for as long as it comes; begun again, ever later, when that
 * fails. It waits for the origin in no queue of its own: a slow one gets the newest segment next.
 * Event loop of its relay.
 */
final class Push {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final Duration ALWAYS = Duration.ofDays(3650);
  private static final long LEAST = TimeUnit.SECONDS.toNanos(1);
  private static final long MOST = TimeUnit.SECONDS.toNanos(30);

  private final Relay relay;
  private final Key key;
  private final Feed feed;
  private final String path;
  private @Nullable Call call;
  private boolean begun;
  private long pause;
  private long next;

  /** What is sent on, and where to. */
  record Key(RelayConfig.Push to, String stream, long track) {}

  /** Of {@code feed}, to the folder {@code path}. */
  Push(Relay relay, Key key, Feed feed, String path) {
    this.relay = relay;
    this.key = key;
    this.feed = feed;
    this.path = path;
    this.next = relay.loop().nanos();
  }

  /** Whether it is to be forgotten: what still goes on ends by itself, or is ended. */
  boolean isOver(boolean wanted) {
    if (!wanted && call != null && !feed.isOver()) {
      end(Failure.of(darban.base.Kind.STOPPING, "it is sent there no more"));
    }
    return !wanted && call == null;
  }

  void tick(long nanos) {
    if (call == null && !feed.isOver() && nanos - next >= 0) {
      start();
    }
  }

  private void start() {
    Wait wait =
        new Wait(
            (head, body) -> {
              body.discard(Failure.of(darban.base.Kind.CLIENT_GONE, "its body is not wanted"));
              ended(null);
            },
            this::ended,
            ALWAYS);
    // What was sent before is not sent again: its times would begin anew there.
    Feed.From from = begun ? new Feed.From.After(feed.end()) : new Feed.From.Back(0);
    begun = true;
    try {
      call = relay.call(key.to.to(), path + feed.file(), feed.body(relay.loop(), from), wait);
    } catch (Failure none) {
      ended(none);
      return;
    }
    relay.hub().relays().pushed().increment();
    call.start();
  }

  private void ended(@Nullable Failure why) {
    if (call != null) {
      call = null;
      relay.hub().relays().pushed().decrement();
    }
    long now = relay.loop().nanos();
    if (why == null || now - next > MOST) {
      pause = 0;
    }
    if (why != null) {
      relay.hub().relays().failures().increment();
      if (pause == 0) {
        LOG.log(
            Level.WARNING,
            () ->
                "live stream "
                    + key.stream
                    + " is not sent on to "
                    + key.to.to().service().name()
                    + ": "
                    + why.message());
      }
    }
    pause = Math.min(MOST, Math.max(LEAST, 2 * pause));
    next = now + pause;
  }

  /** It is sent on no more. */
  void end(Failure why) {
    Call now = call;
    if (now != null) {
      call = null;
      relay.hub().relays().pushed().decrement();
      now.cancel(why);
    }
  }
}
