package darban.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
  private final Space space;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private long written;

  /** Appends to {@code channel}; what it writes counts against {@code space}. */
  FrameWriter(FileChannel channel, int number, int sliceBytes, Space space) throws IOException {
    this.channel = channel;
    this.number = number;
    this.space = space;
    write(new Frame.Head(Frame.VERSION, sliceBytes, number));
    flush();
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
  void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        int n = channel.write(buffer);
        written += n;
        space.count(n);
      }
    } finally {
      buffer.clear();
    }
  }

  /** Bytes in the file. */
  long written() {
    return written;
  }

  /** Makes what was flushed outlive a loss of power. Any thread. */
  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
