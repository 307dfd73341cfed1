package darban.store;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is on its way into a content. Guarded by the content's lock. */
final class Feeds {
  /** Slices that are there already, beyond which it is better to ask anew. */
  private static final int WORTH_A_REQUEST = 16;

  private List<Feed> all = List.of();

  void add(Feed feed) {
    all = all.isEmpty() ? new ArrayList<>(1) : all;
    all.add(feed);
  }

  /** Takes one out; whether it was there. */
  boolean remove(Feed feed) {
    boolean there = !all.isEmpty() && all.remove(feed);
    if (there && all.isEmpty()) {
      all = List.of();
    }
    return there;
  }

  boolean has(Feed feed) {
    return all.contains(feed);
  }

  int count() {
    return all.size();
  }

  /** Whether there is one that brings all or nothing. */
  boolean bringAll() {
    return all.stream().anyMatch(feed -> !feed.resumable());
  }

  /** Whether a newcomer would miss what went by. */
  boolean havePassed() {
    return all.stream().anyMatch(feed -> feed.progress().hasPassed());
  }

  /** Whether the byte at {@code at} will come soon. */
  boolean bring(long at) {
    return all.stream().anyMatch(feed -> feed.progress().brings(at));
  }

  /** What one of them holds from {@code at} on; the caller owns it; null for nothing. */
  @Nullable ByteBuf held(long at, long to) {
    for (Feed feed : all) {
      ByteBuf piece = feed.progress().held(at, to);
      if (piece != null) {
        return piece;
      }
    }
    return null;
  }

  /** Where what was written from {@code at} on, and is in no slice yet, ends; else {@code at}. */
  long durableFrom(long at) {
    long end = at;
    for (Feed feed : all) {
      end = Math.max(end, feed.progress().durableFrom(at));
    }
    return end;
  }

  /**
   * Where the slices end that one of them brings one after the other, that at {@code at} soon and
   * the others in time for whoever reads from there on; else {@code at}.
   */
  private long completeUpTo(long at, long length) {
    long end = at;
    for (Feed feed : all) {
      Progress progress = feed.progress();
      if (progress.completes(at)) {
        end = Math.max(end, progress.end() < 0 ? length : progress.end());
      }
    }
    return end;
  }

  /**
   * The runs of slices within {@code [from, to)} that are not there and that none of them brings,
   * as offsets at which they start and end: at most {@code most}, the last one reaching over what
   * is there if need be.
   *
   * @param length of the whole
   */
  List<long[]> missing(SliceFile so, long length, long from, long to, int most) {
    List<long[]> runs = new ArrayList<>(2);
    int size = so.sliceBytes();
    long[] run = null;
    long at = from / size * size;
    while (at < Math.min(to, length)) {
      long brought = so.isPresent((int) (at / size)) ? at + size : completeUpTo(at, length);
      if (brought > at) {
        run = null;
        at = Math.max(at + size, brought / size * size);
        continue;
      }
      if (run == null && runs.size() == most) {
        run = runs.getLast();
      } else if (run == null) {
        run = new long[] {at, at};
        runs.add(run);
      }
      at += size;
      run[1] = Math.min(at, length);
    }
    return runs;
  }

  /** What was written at {@code at} cannot be read back. */
  void lose(long at) {
    all.forEach(feed -> feed.progress().lose(at));
  }

  /**
   * Whether what one of them would bring from {@code from} on is there, or comes soon by others: so
   * many slices that to leave them out is worth another request for what follows them.
   *
   * @param length of the whole
   */
  boolean othersHave(SliceFile so, long length, Progress one, long from) {
    int size = so.sliceBytes();
    long end = one.end() < 0 ? length : one.end();
    long at = from / size * size;
    long far = Math.min(end, at + (long) WORTH_A_REQUEST * size);
    for (; at < far; at += size) {
      long slice = at;
      if (!so.isPresent((int) (slice / size))
          && all.stream()
              .map(Feed::progress)
              .noneMatch(each -> each != one && each.completes(slice))) {
        return false;
      }
    }
    return from < end;
  }

  /**
   * Those that nobody needs and that it is not worth while to go on with.
   *
   * @param rest bytes that are worth while
   */
  List<Feed> idle(long rest) {
    return all.stream().filter(feed -> feed.progress().isIdle(rest)).toList();
  }

  /** Those to which it matters how far readers are; null for none. */
  @Nullable List<Feed> waitingForReaders() {
    List<Feed> some = null;
    for (Feed feed : all) {
      if (feed.progress().waitsForReaders()) {
        some = some == null ? new ArrayList<>(1) : some;
        some.add(feed);
      }
    }
    return some;
  }
}
