package darban.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * An open file that several slices share. Each holder counts once: it is made with one holder, each
 * {@link #retain} adds one, each {@link #release} takes one away, and the last closes the file. Any
 * thread.
 */
public final class OpenFile {
  private final FileChannel channel;
  private final Consumer<FileChannel> closer;
  private final AtomicInteger holders = new AtomicInteger(1);

  private OpenFile(FileChannel channel, Consumer<FileChannel> closer) {
    this.channel = channel;
    this.closer = closer;
  }

  /** Opens {@code path} for reading. */
  public static OpenFile open(Path path) throws IOException {
    return new OpenFile(FileChannel.open(path), OpenFile::close);
  }

  /**
   * A file that is open already.
   *
   * @param closer closes the channel, when the last holder lets go; on the holder's thread, which
   *     may be an event loop
   */
  public static OpenFile of(FileChannel channel, Consumer<FileChannel> closer) {
    return new OpenFile(channel, closer);
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The channel; positions are always given, so its own is never used. */
  public FileChannel channel() {
    return channel;
  }

  /** Size in bytes now. */
  public long size() throws IOException {
    return channel.size();
  }

  /** One holder more. */
  public OpenFile retain() {
    holders.incrementAndGet();
    return this;
  }

  /** One holder less. */
  public void release() {
    if (holders.decrementAndGet() == 0) {
      closer.accept(channel);
    }
  }
}
