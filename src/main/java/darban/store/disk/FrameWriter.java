package darban.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Writes frames one after the other: length, CRC32C of the file's number and the payload, payload.
 * One thread at a time; closed by its maker.
 */
final class FrameWriter implements AutoCloseable {
  static final int HEAD = 8;
  private static final int BUFFER = 256 * 1024;

  private final FileChannel channel;
  private final int number;
  private final LongConsumer counting;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private volatile long written;
  private long forced;

  /**
   * Appends to {@code channel}, which it closes; {@code counting} hears how many bytes more it
   * takes.
   */
  FrameWriter(FileChannel channel, int number, int sliceBytes, LongConsumer counting)
      throws IOException {
    this.channel = channel;
    this.number = number;
    this.counting = counting;
    write(new Frame.Head(Frame.VERSION, sliceBytes, number));
    try {
      flush();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  static int checksum(int number, ByteBuffer payload) {
    CRC32C crc = new CRC32C();
    crc.update(number >>> 24);
    crc.update(number >>> 16);
    crc.update(number >>> 8);
    crc.update(number);
    crc.update(payload);
    return (int) crc.getValue();
  }

  void write(Frame frame) throws IOException {
    int most = HEAD + Frame.size(frame);
    if (buffer.remaining() < most) {
      flush();
      if (buffer.capacity() < most) {
        buffer = ByteBuffer.allocateDirect(most);
      }
    }
    int start = buffer.position();
    buffer.position(start + HEAD);
    Frame.write(buffer, frame);
    int end = buffer.position();
    int sum = checksum(number, buffer.duplicate().flip().position(start + HEAD));
    buffer.putInt(start, end - start - HEAD).putInt(start + 4, sum);
  }

  boolean isFlushed() {
    return buffer.position() == 0;
  }

  /** Hands what was written to the system: a crash of this process does not lose it any more. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes, others look
  void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        int n = channel.write(buffer);
        written += n;
        counting.accept(n);
      }
    } finally {
      buffer.clear();
    }
  }

  /** Bytes in the file. */
  long written() {
    return written;
  }

  /** Whether there is nothing that a loss of power would take. */
  boolean isForced() {
    return isFlushed() && written == forced;
  }

  /** Makes what was flushed outlive a loss of power. */
  void force() throws IOException {
    channel.force(false);
    forced = written;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
