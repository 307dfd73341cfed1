package darban.store;

import darban.base.Failure;
import darban.flow.FileSlice;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a reader of a {@link Content} finds at its position. */
sealed interface Next {
  /** Bytes; the reader owns them. */
  record Piece(ByteBuf bytes) implements Next {}

  /** Bytes of the file; the reader closes the slice. */
  record Run(FileSlice slice) implements Next {}

  /** The slice there must be verified before it is read. */
  record Doubtful(SliceFile file, int slice) implements Next {}

  /** There is no more to come, ever. */
  record Broken(Failure why) implements Next {}

  /** What a file has at {@code position} in one piece, up to {@code most}; null for nothing. */
  static @Nullable Next inFile(SliceFile file, Feeds feeds, long position, long most) {
    int size = file.sliceBytes();
    long end = position;
    int slice = (int) (position / size);
    while (end < most && file.isPresent(slice)) {
      if (!file.isVerified(slice)) {
        if (end == position) {
          return new Doubtful(file, slice);
        }
        break;
      }
      slice++;
      end = Math.min(most, (long) slice * size);
    }
    if (end == position) {
      end = Math.min(most, feeds.durableFrom(position));
    }
    return end == position
        ? null
        : new Run(new FileSlice(file.file().retain(), position, end - position));
  }

  /** The rest. */
  enum Sign implements Next {
    /** A feed will bring it. */
    LATER,
    /** No feed is under way that would. */
    MISSING,
    /** The position is the end. */
    END
  }
}
