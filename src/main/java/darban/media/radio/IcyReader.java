package darban.media.radio;

import java.nio.ByteBuffer;

/**
 * Tells sound from metadata in a stream that has both, fed with whatever bytes come. One for each
 * stream; confined to one thread.
 */
public final class IcyReader {
  private static final int UNIT = 16;

  private final int interval;
  private final Listener listener;
  private int soundLeft;
  private ByteBuffer block = ByteBuffer.allocate(0);
  private boolean inBlock;

  /** Who is told; called while bytes are accepted. */
  public interface Listener {
    /** Sound; a part of the bytes that were accepted. */
    void sound(ByteBuffer bytes);

    /** What plays from here on. */
    void metadata(IcyMetadata metadata);
  }

  /** Of a stream with a block after every {@code interval} bytes. */
  public IcyReader(int interval, Listener listener) {
    if (interval <= 0) {
      throw new IllegalArgumentException("no interval: " + interval);
    }
    this.interval = interval;
    this.soundLeft = interval;
    this.listener = listener;
  }

  /** Takes all of {@code bytes}. */
  public void accept(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (soundLeft > 0) {
        int count = Math.min(soundLeft, bytes.remaining());
        listener.sound(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        soundLeft -= count;
      } else if (!inBlock) {
        block = ByteBuffer.allocate((bytes.get() & 0xff) * UNIT);
        inBlock = true;
        blockDone();
      } else {
        int count = Math.min(block.remaining(), bytes.remaining());
        block.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        blockDone();
      }
    }
  }

  private void blockDone() {
    if (!block.hasRemaining()) {
      inBlock = false;
      soundLeft = interval;
      IcyMetadata.read(block.flip()).ifPresent(listener::metadata);
    }
  }
}
