package darban.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Opens files that fail when a test wants them to. Any thread. */
public final class FaultyFiles {
  /** When what fails. */
  @FunctionalInterface
  public interface Fault {
    /** Throws what the system would. */
    void strike(Act act) throws IOException;
  }

  /** What is done with a file. */
  public enum Act {
    OPEN,
    READ,
    WRITE,
    FORCE
  }

  private final Map<Path, Long> forced = new ConcurrentHashMap<>();
  private volatile Fault fault = act -> {};

  /** From now on. */
  public void fault(Fault when) {
    fault = when;
  }

  /** How many bytes of a file a loss of power would leave, for sure. */
  public long forced(Path file) {
    return forced.getOrDefault(file, 0L);
  }

  /** Opens a file. */
  public FileChannel open(Path file, OpenOption... how) throws IOException {
    fault.strike(Act.OPEN);
    return new Faulty(file, FileChannel.open(file, how));
  }

  private final class Faulty extends FileChannel {
    private final Path path;
    private final FileChannel file;

    Faulty(Path path, FileChannel file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      fault.strike(Act.READ);
      return file.read(into);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
      fault.strike(Act.READ);
      return file.read(into, offset, length);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      fault.strike(Act.READ);
      return file.read(into, position);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      struckWithin(from, part -> file.write(part));
      return file.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
      fault.strike(Act.WRITE);
      return file.write(from, offset, length);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      struckWithin(from, part -> file.write(part, position));
      return file.write(from, position);
    }

    /** A write that fails may have written a part. */
    private void struckWithin(ByteBuffer from, Part writing) throws IOException {
      try {
        fault.strike(Act.WRITE);
      } catch (IOException failed) {
        writing.write(from.duplicate().limit(from.position() + from.remaining() / 2));
        throw failed;
      }
    }

    @Override
    public void force(boolean metaData) throws IOException {
      fault.strike(Act.FORCE);
      // As good as that: nobody cuts the power while a test runs.
      forced.put(path, file.size());
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      file.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel to) throws IOException {
      fault.strike(Act.READ);
      return file.transferTo(position, count, to);
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count)
        throws IOException {
      fault.strike(Act.WRITE);
      return file.transferFrom(from, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
      return file.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }

  @FunctionalInterface
  private interface Part {
    int write(ByteBuffer part) throws IOException;
  }
}
