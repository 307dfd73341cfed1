package darban.store.disk;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames up to the first that is not whole. A crash leaves a torn end behind, and nothing
 * whole after it; where something whole follows, the file was damaged later. One thread; closed by
 * its maker.
 */
final class FrameReader implements AutoCloseable {
  private static final int CHUNK = 1024 * 1024;

  private final FileChannel channel;
  private final int number;
  private final long size;
  private ByteBuffer buffer;
  private long position;

  /** Reads {@code channel}, which it closes. */
  FrameReader(FileChannel channel, int number) throws IOException {
    this.channel = channel;
    this.number = number;
    this.size = channel.size();
    this.buffer = ByteBuffer.allocate(Math.clamp(size, FrameWriter.HEAD, CHUNK)).limit(0);
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  /** Bytes of the frames so far, until {@link #damaged} was asked. */
  long read() {
    return position - buffer.remaining();
  }

  /** The next frame; null when no more whole ones follow here. */
  @Nullable Frame next() throws IOException {
    if (!fill(FrameWriter.HEAD)) {
      return null;
    }
    int length = buffer.getInt(buffer.position());
    if (length <= 0 || length > size || !fill(FrameWriter.HEAD + length)) {
      return null;
    }
    int start = buffer.position() + FrameWriter.HEAD;
    ByteBuffer payload = buffer.slice(start, length);
    if (FrameWriter.checksum(number, payload.duplicate()) != buffer.getInt(start - 4)) {
      return null;
    }
    buffer.position(start + length);
    try {
      return Frame.read(payload);
    } catch (IllegalArgumentException | BufferUnderflowException unknown) {
      throw new IOException("a frame of another format", unknown);
    }
  }

  /** Makes {@code wanted} bytes available; false where the file ends before. */
  private boolean fill(int wanted) throws IOException {
    if (buffer.remaining() >= wanted) {
      return true;
    }
    ByteBuffer into = buffer.capacity() >= wanted ? buffer : ByteBuffer.allocate(wanted + CHUNK);
    if (into == buffer) {
      buffer.compact();
    } else {
      into.put(buffer);
    }
    while (into.hasRemaining()) {
      int n = channel.read(into, position);
      if (n < 0) {
        break;
      }
      position += n;
    }
    buffer = into.flip();
    return buffer.remaining() >= wanted;
  }

  /**
   * Whether a whole frame lies anywhere within what follows the place where {@link #next} stopped.
   */
  boolean damaged() throws IOException {
    while (fill(FrameWriter.HEAD + 1)) {
      buffer.get();
      if (startsFrame()) {
        return true;
      }
    }
    return false;
  }

  private boolean startsFrame() throws IOException {
    if (!fill(FrameWriter.HEAD)) {
      return false;
    }
    int length = buffer.getInt(buffer.position());
    if (length <= 0 || length > CHUNK || !fill(FrameWriter.HEAD + length)) {
      return false;
    }
    int start = buffer.position() + FrameWriter.HEAD;
    return FrameWriter.checksum(number, buffer.slice(start, length)) == buffer.getInt(start - 4);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
