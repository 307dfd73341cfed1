package darban.protocol.h2;

import io.netty.handler.codec.http2.Http2Error;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which streams a client may still send on, as its own frames tell: opened by HEADERS, ended by
 * END_STREAM or a reset. Streams that we reset stay open here, since frames under way to us are no
 * fault of the client's. Confined to one thread.
 */
final class OpenStreams {
  /** More than a client may have open; the oldest is forgotten beyond. */
  private static final int MOST = 512;

  private int[] open = new int[8];
  private int count;
  private int last;
  private int gapFrom = Integer.MAX_VALUE;
  private int gapTo;

  /** Notes a HEADERS frame; the error of one that must not come, or null. */
  @Nullable Http2Error headers(int id, boolean ends) {
    if (id > last) {
      if (id > last + 2 && last > 0) {
        gapFrom = Math.min(gapFrom, last + 2);
        gapTo = id - 2;
      } else if (last == 0 && id > 1) {
        gapFrom = 1;
        gapTo = id - 2;
      }
      last = id;
      if (!ends) {
        add(id);
      }
      return null;
    }
    if (!close(id)) {
      // Passed by: it was never opened. Between two gaps we cannot tell, and both are errors.
      boolean passedBy = id % 2 == 1 && id >= gapFrom && id <= gapTo;
      return passedBy || id % 2 == 0 ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED;
    }
    if (!ends) {
      add(id);
    }
    return null;
  }

  /** Whether the client may still send on {@code id}. */
  boolean isOpen(int id) {
    for (int i = 0; i < count; i++) {
      if (open[i] == id) {
        return true;
      }
    }
    return false;
  }

  private void add(int id) {
    if (count == MOST) {
      System.arraycopy(open, 1, open, 0, --count);
    } else if (count == open.length) {
      open = Arrays.copyOf(open, count * 2);
    }
    open[count++] = id;
  }

  /** Notes that the client ended {@code id}; whether it was open. */
  boolean close(int id) {
    for (int i = count - 1; i >= 0; i--) {
      if (open[i] == id) {
        System.arraycopy(open, i + 1, open, i, count - i - 1);
        count--;
        return true;
      }
    }
    return false;
  }
}
