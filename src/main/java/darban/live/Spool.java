package darban.live;

import darban.flow.OpenFile;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files that clips lie in which do not stay in memory. They have no name any more when they are
 * open, and so go with their last clip or with the process, whichever is first. Clips are written
 * on one worker thread at a time, and read on any. Closed by its hub.
 */
final class Spool implements AutoCloseable {
  /** A file with more begins no clip: it goes only when all that lies in it does. */
  private static final long FILE = 64L << 20;

  private final Path folder;
  private @Nullable OpenFile current;
  private long end;

  /** In {@code folder}, which is made when it is not there. */
  Spool(Path folder) {
    this.folder = folder;
  }

  Path folder() {
    return folder;
  }

  /** Writes a clip that is whole. Blocks. */
  synchronized void take(Clip clip) throws IOException {
    OpenFile into = current;
    if (into == null || end >= FILE) {
      into = open();
    }
    long at = end;
    long to = at;
    List<ByteBuf> pages = clip.pages();
    try {
      for (ByteBuf page : pages) {
        ByteBuffer bytes = page.nioBuffer();
        while (bytes.hasRemaining()) {
          to += into.channel().write(bytes, to);
        }
      }
    } finally {
      pages.forEach(ByteBuf::release);
    }
    end = to;
    clip.onDisk(into, at);
  }

  private OpenFile open() throws IOException {
    close();
    Files.createDirectories(folder);
    Path path = folder.resolve("live-" + Long.toString(System.nanoTime(), 36) + ".tmp");
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    OpenFile made = OpenFile.of(channel, Spool::closed);
    current = made;
    end = 0;
    return made;
  }

  private static void closed(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing more is written; what lies there is read on. */
  @Override
  public synchronized void close() {
    if (current != null) {
      current.release();
      current = null;
    }
  }
}
