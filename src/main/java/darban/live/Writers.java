package darban.live;

import darban.base.Failure;
import darban.base.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Who brings a track in one piece: its publisher, and whoever stands in while that is silent.
 * Guarded by the lock of their stream.
 */
final class Writers {
  private @Nullable Upload own;
  private @Nullable Upload standIn;

  /**
   * An upload brings all of it.
   *
   * @return one that did before, which is to be ended; or null
   */
  @Nullable Upload claim(Upload upload, long nanos) {
    if (upload.standsIn()) {
      Upload before = standIn;
      standIn = upload;
      return before;
    }
    Upload before = own;
    if (before != null && !before.isSilent(nanos)) {
      throw Failure.of(Kind.CONFLICT, "somebody publishes this track already");
    }
    own = upload;
    return before;
  }

  /** Whoever stands in does so no more; it is to be ended, or there was none. */
  @Nullable Upload yielded() {
    Upload before = standIn;
    standIn = null;
    return before;
  }

  /** An upload brings no more of it; whether it was the one that did. */
  boolean release(Upload upload) {
    boolean was = own == upload;
    own = was ? null : own;
    standIn = standIn == upload ? null : standIn;
    return was;
  }

  boolean isEmpty() {
    return own == null && standIn == null;
  }
}
