package darban.tls;

import darban.base.Failure;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Watches files and has them loaded again when their content changes: by looking at them, not by
 * asking the kernel, because certificates are swapped by symbolic links in directories that come
 * and go, and on network file systems that tell nobody.
 *
 * <p>Content that cannot be used changes nothing. It is tried once; if it is still there at the
 * next look it is reported, once: a certificate and its key may be written one after the other, and
 * in between they do not match.
 *
 * <p>From {@link #start} a timer of Vert.x begins each look, on a worker; {@link #close} ends the
 * timer. A look that is under way then goes on.
 */
final class HotReload implements AutoCloseable {
  /** What is loaded again. */
  interface Target {
    /** For the log: whose files these are. */
    String title();

    /** The files to look at. */
    List<Path> files();

    /** Loads the files and puts them in force, or fails and leaves all as it was. */
    void reload() throws Failure;
  }

  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final Target target;
  private final TlsLog log;
  private final FileStates states;
  private final Duration poll;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile long timer = NO_TIMER;

  private FileStates.Content inForce;
  private FileStates.@Nullable Content refused;
  private String reason = "";
  private boolean reported;

  /**
   * Takes what the files hold now for what is in force, so it is to be made before they are loaded.
   * Reads them: not on an event loop.
   */
  HotReload(TlsRuntime runtime, Target target) {
    this.vertx = runtime.vertx();
    this.target = target;
    this.log = runtime.log();
    this.poll = runtime.poll();
    this.states = new FileStates(target.files(), runtime.ticker());
    this.inForce = states.read();
  }

  /** Begins to look, once what the files hold is in force. */
  void start() {
    if (!target.files().isEmpty()) {
      timer = vertx.setPeriodic(poll.toMillis(), tick -> lookOnWorker());
    }
  }

  private void lookOnWorker() {
    if (looking.compareAndSet(false, true)) {
      Callable<Boolean> look =
          () -> {
            look();
            return true;
          };
      vertx.executeBlocking(look, false).onComplete(done -> looking.set(false));
    }
  }

  /** One look at the files. Blocks on them. */
  synchronized void look() {
    FileStates.Content now = states.read();
    if (now.equals(inForce)) {
      refused = null;
    } else if (!now.equals(refused)) {
      load(now);
    } else if (!reported) {
      reported = true;
      log.warning(target.title() + ": what was loaded before stays in force: " + reason);
    }
  }

  private void load(FileStates.Content now) {
    try {
      target.reload();
      inForce = now;
      refused = null;
      log.note(target.title() + ": loaded again");
    } catch (RuntimeException thrown) {
      Failure failure = Failure.from(thrown);
      refused = now;
      reported = false;
      reason = failure.detail().isEmpty() ? failure.message() : failure.detail();
    }
  }

  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
