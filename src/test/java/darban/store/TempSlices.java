package darban.store;

import darban.flow.OpenFile;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Slices in a file of a test's folder, without anything that would survive the process. */
final class TempSlices implements SliceFile {
  private final int sliceBytes;
  private final Executor disk;
  private final BooleanSupplier breaks;
  private final FileChannel writing;
  private final OpenFile file;
  private final BitSet present = new BitSet();
  private final BitSet verified = new BitSet();
  private final AtomicInteger holders = new AtomicInteger(1);
  private final AtomicInteger hurries = new AtomicInteger();

  /**
   * An empty file.
   *
   * @param disk where writing happens
   * @param breaks whether the next write fails
   */
  TempSlices(Path path, int sliceBytes, Executor disk, BooleanSupplier breaks) {
    this.sliceBytes = sliceBytes;
    this.disk = disk;
    this.breaks = breaks;
    try {
      writing = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      file = OpenFile.open(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int sliceBytes() {
    return sliceBytes;
  }

  @Override
  public void length(long length) {
    // The content knows it.
  }

  @Override
  public synchronized boolean isPresent(int slice) {
    return present.get(slice);
  }

  @Override
  public void verify(int slice, Consumer<Boolean> done) {
    disk.execute(() -> {
      synchronized (this) {
        verified.set(slice);
      }
      done.accept(true);
    });
  }

  @Override
  public synchronized boolean isVerified(int slice) {
    return verified.get(slice);
  }

  /** As after a restart: every slice must be looked at anew. */
  synchronized void forgetVerified() {
    verified.clear();
  }

  @Override
  public synchronized void lose(int slice) {
    present.clear(slice);
  }

  @Override
  public void write(
      long offset, List<ByteBuf> pieces, boolean leisurely, Consumer<@Nullable Throwable> done) {
    disk.execute(() -> done.accept(written(offset, pieces)));
  }

  private @Nullable Throwable written(long offset, List<ByteBuf> pieces) {
    try {
      if (breaks.getAsBoolean()) {
        throw new IOException("the disk is full");
      }
      long at = offset;
      for (ByteBuf piece : pieces) {
        for (ByteBuffer bytes : piece.nioBuffers()) {
          while (bytes.hasRemaining()) {
            at += writing.write(bytes, at);
          }
        }
      }
      return null;
    } catch (IOException e) {
      return e;
    } finally {
      pieces.forEach(ByteBuf::release);
    }
  }

  @Override
  public void hurry() {
    hurries.incrementAndGet();
  }

  /** How often somebody waited for it, who never rests. */
  int hurries() {
    return hurries.get();
  }

  @Override
  public synchronized void seal(int slice) {
    present.set(slice);
    verified.set(slice);
  }

  @Override
  public OpenFile file() {
    return file;
  }

  @Override
  public void retain() {
    holders.incrementAndGet();
  }

  @Override
  public void release() {
    if (holders.decrementAndGet() == 0) {
      file.release();
      // After all writes that were asked for.
      disk.execute(this::close);
    }
  }

  private void close() {
    try {
      writing.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void delete() {
    // The folder is the test's.
  }
}
