package darban.live;

import darban.media.hls.MediaPlaylist;
import darban.media.hls.MediaPlaylist.Edge;
import darban.media.hls.MediaPlaylist.Header;
import darban.media.hls.MediaPlaylist.Trait;
import darban.media.hls.Micros;
import darban.media.hls.Segment;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A track of a recording: a file of fragmented MP4 that grows, and a playlist of ranges of it. One
 * worker thread at a time; closed by its recording.
 */
final class RecordedTrack implements AutoCloseable {
  /** So much of a playlist is written again and again; of longer ones a hundredth at a time. */
  private static final int OFTEN = 100;

  /** What is not told of yet is lost in a crash: it is never more. */
  private static final int MOST_UNTOLD = 30;

  private final Path playlist;
  private final String file;
  private final FileChannel channel;
  private final List<Segment> segments = new ArrayList<>();
  private LiveSegment.@Nullable Head head;
  private Segment.@Nullable Map map;
  private long end;
  private int written;
  private long next = -1;
  private boolean gap;

  /** Opens files. */
  @FunctionalInterface
  interface Opening {
    /** Opens one. */
    FileChannel open(Path file, OpenOption... how) throws IOException;
  }

  /** Of {@code name} in {@code folder}, which has no such track yet. */
  RecordedTrack(Path folder, String name, Opening opening) throws IOException {
    this.playlist = folder.resolve(name + ".m3u8");
    this.file = name + ".mp4";
    this.channel =
        opening.open(folder.resolve(file), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  long bytes() {
    return end;
  }

  /** The name of its playlist. */
  String playlist() {
    return playlist.getFileName().toString();
  }

  /** Takes a segment that is whole; where its bytes are gone from memory there is a break. */
  void take(LiveSegment segment) throws IOException {
    Clip clip = segment.clip;
    gap |= next >= 0 && segment.sequence > next;
    if (!clip.retain()) {
      gap = true;
      return;
    }
    try {
      if (clip.isOnDisk()) {
        gap = true;
      } else {
        write(segment);
      }
      next = segment.sequence + 1;
    } catch (IOException disk) {
      // Nobody is told of what was begun, and a full disk needs the room.
      channel.truncate(end);
      throw disk;
    } finally {
      clip.release();
    }
  }

  private void write(LiveSegment segment) throws IOException {
    boolean broken = !segments.isEmpty() && (gap || segment.discontinuity);
    if (segment.head != head) {
      ByteBuffer bytes = segment.head.bytes().duplicate();
      map = new Segment.Map(file, new Segment.ByteRange(bytes.remaining(), end));
      end = write(bytes, end);
      head = segment.head;
    }
    long from = end;
    long to = from;
    List<ByteBuf> pages = segment.clip.pages();
    try {
      for (ByteBuf page : pages) {
        int n = (int) Math.min(page.readableBytes(), segment.bytes() - (to - from));
        to = write(page.nioBuffer(page.readerIndex(), n), to);
      }
    } finally {
      pages.forEach(ByteBuf::release);
    }
    end = to;
    gap = false;
    Segment.Context context =
        Segment.Context.of(Objects.requireNonNull(map)).at(segment.timeline.wall(segment.start));
    Segment.ByteRange range = new Segment.ByteRange(to - from, from);
    segments.add(
        new Segment(
            file, segment.micros(), "", range, broken ? context.afterBreak() : context, List.of()));
  }

  private long write(ByteBuffer bytes, long at) throws IOException {
    long to = at;
    while (bytes.hasRemaining()) {
      to += channel.write(bytes, to);
    }
    return to;
  }

  /** Whether so much has come that the playlist is to tell of it. */
  boolean isBehind() {
    return segments.size() - written > Math.min(MOST_UNTOLD, segments.size() / OFTEN);
  }

  /** Writes the playlist; {@code over} when nothing more comes. */
  void tell(boolean over) throws IOException {
    Recording.replace(playlist, playlist(segments, over));
    written = segments.size();
  }

  private static byte[] playlist(List<Segment> segments, boolean over) {
    long longest = segments.stream().mapToLong(Segment::micros).max().orElse(0);
    int target = (int) Math.max(1, (longest + Micros.SECOND / 2) / Micros.SECOND);
    Header header =
        Header.live(over ? MediaPlaylist.Type.VOD : MediaPlaylist.Type.EVENT, target, 0, 0);
    return new MediaPlaylist(over ? header.with(Trait.ENDED) : header, 0, segments, Edge.NONE)
        .bytes();
  }

  /** Writes the playlist of a track that nobody has open, without what is not whole of it. */
  static void finish(Path playlist, List<Segment> told) throws IOException {
    List<Segment> whole = new ArrayList<>();
    for (Segment each : told) {
      Path file = playlist.resolveSibling(each.uri());
      Segment.ByteRange range = each.range();
      if (range == null
          || !Files.exists(file)
          || range.offset() + range.length() > Files.size(file)) {
        break;
      }
      whole.add(each);
    }
    Recording.replace(playlist, playlist(whole, true));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
