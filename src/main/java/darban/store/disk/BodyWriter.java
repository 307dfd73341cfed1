package darban.store.disk;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a body and keeps the checksums of the slices that are being written. The writer's thread,
 * apart from {@link #seal}; the checksums have a lock of their own.
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
        writeFully(piece, from, n, at);
        add(slice, at, piece.nioBuffer(from, n));
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

  /** Counts bytes into the checksum of their slice, if they come one after the other. */
  private synchronized void add(int slice, long at, ByteBuffer bytes) {
    long within = at - (long) slice * body.sliceBytes();
    if (within == 0) {
      running.put(slice, Checksum.of(body.owner().key(), body.owner().id(), slice));
    }
    Checksum run = running.get(slice);
    if (run != null && run.position() == within) {
      run.update(bytes);
    } else {
      running.remove(slice);
    }
  }

  /**
   * Counts a slice as complete; whether it is. Whoever wrote across another's bytes cannot tell
   * what is there: such a slice is fetched again. Any thread.
   */
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
