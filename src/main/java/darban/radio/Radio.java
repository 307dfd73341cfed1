package darban.radio;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Tally;
import darban.flow.Loop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The mounts of one name in the configuration. Any thread; closed by whoever made it. */
public final class Radio {
  private static final int LONGEST_NAME = 256;

  private final String name;
  private final Map<String, Mount> mounts = new ConcurrentHashMap<>();
  private volatile RadioConfig config;
  private volatile Tally failedLogins;

  /** No mounts yet. */
  public Radio(String name, RadioConfig config) {
    this.name = name;
    this.config = config;
    this.failedLogins = config.failedLogins().tally();
  }

  /** What the configuration calls it. */
  public String name() {
    return name;
  }

  /** How it is now. */
  public RadioConfig config() {
    return config;
  }

  /** It is another one from now on. */
  public void config(RadioConfig now) {
    if (!now.failedLogins().equals(config.failedLogins())) {
      failedLogins = now.failedLogins().tally();
    }
    config = now;
    mounts.values().forEach(each -> each.hearing(now.hearing()));
  }

  /** Wrong passwords, on all loops. */
  public Tally failedLogins() {
    return failedLogins;
  }

  /** The mount under a path, or null. */
  public @Nullable Mount find(String path) {
    Mount mount = mounts.get(path);
    return mount == null || mount.isOver() ? null : mount;
  }

  /** One more who sends, on the loop of its connection; fails where it may not. */
  public Source source(String path, Station station, Loop loop) {
    Mount mount = mounts.get(path);
    if (mount == null || mount.isOver()) {
      if (mounts.size() >= config.most().mounts() || path.length() > LONGEST_NAME) {
        throw Source.full();
      }
      Mount made = new Mount(path, station, config.hearing(), loop.nanos());
      if (mount == null) {
        Mount other = mounts.putIfAbsent(path, made);
        mount = other == null ? made : other;
      } else {
        mount = mounts.replace(path, mount, made) ? made : mount;
      }
    }
    Source source = new Source(mount, loop);
    mount.begin(source, station);
    return source;
  }

  /** One more who listens, with or without titles. */
  public Listener listener(Mount mount, Loop loop, boolean titles) {
    if (figures().stream().mapToInt(Mount.Figures::listeners).sum() >= config.most().listeners()) {
      throw Failure.of(Kind.OVERLOADED, "too many listeners");
    }
    return new Listener(mount, loop, titles ? config.hearing().interval() : 0);
  }

  /** Looks at deadlines; about twice a second. */
  public void tick(long nanos) {
    for (Mount each : List.copyOf(mounts.values())) {
      if (each.tick(config, nanos)) {
        mounts.remove(each.name(), each);
        each.close();
      }
    }
  }

  /** How its mounts do. */
  public List<Mount.Figures> figures() {
    return mounts.values().stream().map(Mount::figures).toList();
  }

  /** Ends all mounts. */
  public void close() {
    mounts.values().forEach(Mount::close);
    mounts.clear();
  }
}
