package darban.store.disk;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads an open body and the record that describes it, and makes sure of them; a slice that is not
 * what it was is dropped. Any thread that may wait for the disk.
 */
final class BodyReader {
  private static final int PIECE = 128 * 1024;

  /** Where bytes are read into. */
  private interface Target {
    ByteBuffer at(long position, int n);
  }

  private final BodyFile body;

  BodyReader(BodyFile body) {
    this.body = body;
  }

  /** Fills {@code into} from a file that must be long enough. */
  static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new EOFException("the file is too short");
      }
      at += n;
    }
  }

  /** Reads the record of {@code place}; null when it is not as it was written. */
  @Nullable EntryRecord record(Place place) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(place.length());
    readFully(body.file().channel(), head, body.recordAt(place.offset()));
    return EntryRecord.read(head.flip(), null, body.owner());
  }

  /** Reads the key in the record of {@code place}, without regard to what follows it. */
  byte[] key(Place place) throws IOException {
    return EntryRecord.readKey(body.file().channel(), body.recordAt(place.offset()));
  }

  /** Reads a slice and compares; whether it is there, and right. */
  boolean verify(int slice) {
    ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE, PIECE);
    try {
      return isRight(slice, (position, n) -> piece.nioBuffer(0, n));
    } finally {
      piece.release();
    }
  }

  /** All of it, verified, which the caller owns; null when a part is missing or damaged. */
  @Nullable ByteBuf whole() {
    int length = (int) body.length();
    // Of the system, not of a pool: it may stay for long.
    ByteBuf all = Unpooled.directBuffer(length, length);
    for (int slice = 0; slice < Slices.count(length, body.sliceBytes()); slice++) {
      if (!isRight(slice, (position, n) -> all.nioBuffer((int) position, n))) {
        all.release();
        return null;
      }
    }
    return all.writerIndex(length);
  }

  private boolean isRight(int slice, Target into) {
    Slices slices = body.slices();
    int wanted = slices.sum(slice);
    if (!slices.isPresent(slice)) {
      return false;
    }
    try {
      if (sum(slice, into) == wanted) {
        slices.verified(slice);
        return true;
      }
    } catch (EOFException cut) {
      // As damaged as can be.
    } catch (IOException e) {
      body.health().readFailed(e);
    }
    body.lose(slice, wanted);
    return false;
  }

  private int sum(int slice, Target into) throws IOException {
    Checksum sum = Checksum.of(body.owner().key(), body.owner().id(), slice);
    long end = body.end(slice);
    for (long at = (long) slice * body.sliceBytes(); at < end; at += PIECE) {
      ByteBuffer piece = into.at(at, (int) Math.min(PIECE, end - at));
      readFully(body.file().channel(), piece, at);
      sum.update(piece.flip());
    }
    return sum.value();
  }
}
