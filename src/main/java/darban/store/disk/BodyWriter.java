package darban.store.disk;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a body and keeps the checksums of the slices that are being written. Several feeds may
 * bring the same slice: what one of them wrote and counted is not written again, so that a sealed
 * slice is what its checksum says. The writer's thread, apart from {@link #seal} and {@link
 * #forget}; the checksums have a lock of their own.
 */
final class BodyWriter {
  private final BodyFile body;
  private final Map<Integer, Checksum> running = new HashMap<>();

  BodyWriter(BodyFile body) {
    this.body = body;
  }

  /** Writes pieces one after the other; what falls into sealed slices is passed over. */
  void write(long offset, List<ByteBuf> pieces) throws IOException {
    long at = offset;
    for (ByteBuf piece : pieces) {
      write(at, piece);
      at += piece.readableBytes();
    }
  }

  private void write(long offset, ByteBuf piece) throws IOException {
    int from = piece.readerIndex();
    long at = offset;
    while (from < piece.writerIndex()) {
      int slice = (int) (at / body.sliceBytes());
      long sliceEnd = (slice + 1L) * body.sliceBytes();
      int n = (int) Math.min(piece.writerIndex() - from, sliceEnd - at);
      if (!body.isPresent(slice)) {
        body.touch(slice);
        int known = counted(slice, at, n);
        writeFully(piece, from + known, n - known, at + known);
        add(slice, at + known, piece.nioBuffer(from + known, n - known));
      }
      from += n;
      at += n;
    }
  }

  private void writeFully(ByteBuf piece, int from, int n, long at) throws IOException {
    int done = 0;
    while (done < n) {
      done += piece.getBytes(from + done, body.file().channel(), at + done, n - done);
    }
  }

  private long within(int slice, long at) {
    return at - (long) slice * body.sliceBytes();
  }

  /** How many of {@code n} bytes are written and in the checksum of their slice already. */
  private synchronized int counted(int slice, long at, int n) {
    Checksum run = running.get(slice);
    long ahead = run == null ? 0 : run.position() - within(slice, at);
    return Math.clamp(ahead, 0, n);
  }

  /**
   * Counts bytes into the checksum of their slice, if they follow what it has; those behind a gap
   * are counted when somebody brings what lies between, and them once more.
   */
  private synchronized void add(int slice, long at, ByteBuffer bytes) {
    long within = within(slice, at);
    if (within == 0) {
      running.putIfAbsent(slice, Checksum.of(body.owner().key(), body.owner().id(), slice));
    }
    Checksum run = running.get(slice);
    if (run != null && run.position() == within) {
      run.update(bytes);
    }
  }

  /** What was written of a slice that is not sealed cannot be read back. Any thread. */
  synchronized void forget(int slice) {
    running.remove(slice);
  }

  /** Counts a slice as complete; whether it is, without a gap. Any thread. */
  synchronized boolean seal(int slice) {
    Checksum run = running.get(slice);
    long whole = body.end(slice) - (long) slice * body.sliceBytes();
    if (body.isPresent(slice) || run == null || run.position() != whole) {
      return false;
    }
    running.remove(slice);
    body.slices().seal(slice, run.value());
    return true;
  }
}
