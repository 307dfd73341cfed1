package darban.media.mp4;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.Span;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads an MP4 or QuickTime file that somebody else fetches, by as few spans as will do, wherever
 * its head lies:
 *
 * <pre>
 *   for (List&lt;Span&gt; spans = reader.wanted(); !spans.isEmpty(); spans = reader.wanted()) {
 *     … reader.accept(span.offset(), bytes of the span) for each, in any order
 *   }
 *   Movie movie = reader.movie();
 * </pre>
 *
 * <p>A head at the start takes one or two spans, one at the end one or two more. Fragments are
 * walked from one to the next; where the file has an index, many at a time. Confined to one thread.
 */
public final class MovieReader {
  private static final int PROBE = 64 << 10;
  private static final int TAIL = 1 << 20;

  /**
   * What lies behind the data is the head, nearly always: it is had at once where it is no more.
   */
  private static final int REST = 8 << 20;

  private static final int HEADER = 16;
  private static final int MOST_PROBES = 1000;
  private static final int RANDOM_ACCESS_END = 16;
  private static final Set<String> BEGINNINGS =
      Set.of(
          "ftyp", "styp", "moov", "mdat", "free", "skip", "wide", "pnot", "uuid", "pdin", "sidx");

  private final long fileLength;
  private final MovieLimits limits;
  private final FragmentIndex index = new FragmentIndex();
  private long at;
  private int probe = PROBE;
  private @Nullable Span wanted;
  private Span headPlace = new Span(0, 0);
  private long fileTypeEnd;
  private int headHeader;
  private @Nullable MoovParser moov;
  private Next next = Next.BOXES;
  private final List<FragmentWalk> walks = new ArrayList<>();
  private final Map<Long, FragmentWalk> walking = new TreeMap<>();
  private int probes;
  private long heads;
  private @Nullable Movie movie;

  /** What the bytes that are wanted will be. */
  private enum Next {
    BOXES,
    HEAD,
    RANDOM_ACCESS_END,
    RANDOM_ACCESS,
    FRAGMENTS
  }

  /** A reader of a file of so many bytes. */
  public MovieReader(long fileLength, MovieLimits limits) {
    this.fileLength = fileLength;
    this.limits = limits;
    if (fileLength < HEADER) {
      throw new MalformedMedia("it is too short for an MP4 file");
    }
    want(Next.BOXES, 0, probe);
  }

  /** A reader of a file of so many bytes. */
  public MovieReader(long fileLength) {
    this(fileLength, MovieLimits.DEFAULT);
  }

  private void want(Next next, long offset, long length) {
    this.next = next;
    this.wanted = new Span(offset, Math.min(length, fileLength - offset));
  }

  /** The spans to fetch; empty when {@link #movie} is there. */
  public List<Span> wanted() {
    if (next != Next.FRAGMENTS) {
      return wanted == null ? List.of() : List.of(wanted);
    }
    return walking.values().stream().map(FragmentWalk::wanted).filter(Objects::nonNull).toList();
  }

  /** Takes the bytes of a wanted span, all of them; keeps none of them. */
  public void accept(long offset, ByteBuffer bytes) {
    if (++probes > MOST_PROBES && next == Next.BOXES) {
      throw new MalformedMedia("it is made of too many boxes");
    }
    switch (next) {
      case BOXES -> boxes(bytes);
      case HEAD -> whole(bytes);
      case RANDOM_ACCESS_END -> randomAccessEnd(bytes);
      case RANDOM_ACCESS -> {
        randomAccess(bytes);
        walk();
      }
      case FRAGMENTS -> fragments(offset, bytes);
    }
  }

  private void boxes(ByteBuffer bytes) {
    long start = at;
    while (at < fileLength) {
      int here = (int) Math.min(at - start, Integer.MAX_VALUE);
      if (bytes.remaining() - here < Math.min(HEADER, fileLength - at)) {
        want(Next.BOXES, at, probe);
        return;
      }
      if (fileLength - at < 8) {
        break;
      }
      Cursor in = Cursor.over(bytes, "file").skip(here);
      long size = in.u32();
      String type = in.fourCc();
      int header = size == 1 ? HEADER : 8;
      size = size == 1 ? in.u64() : size == 0 ? fileLength - at : size;
      require(type, size, header);
      if (!box(type, size, header, bytes, here)) {
        return;
      }
      at = size > fileLength - at ? fileLength : at + size;
    }
    ended();
  }

  private void require(String type, long size, int header) {
    if (at == 0 && !BEGINNINGS.contains(type)) {
      throw new MalformedMedia("it is no MP4 or QuickTime file");
    }
    if (size < header) {
      throw new MalformedMedia(
          "its box '" + MalformedMedia.printable(type) + "' claims " + size + " bytes");
    }
    if (size > fileLength - at && !type.equals("mdat") && moov == null) {
      throw new MalformedMedia(
          "the file is cut: its box '" + MalformedMedia.printable(type) + "' goes beyond its end");
    }
  }

  /** Whether the walk goes on. */
  private boolean box(String type, long size, int header, ByteBuffer bytes, int here) {
    switch (type) {
      case "ftyp" -> fileTypeEnd = at == 0 ? size : fileTypeEnd;
      case "moov" -> {
        if (moov == null) {
          return head(size, header, bytes, here);
        }
      }
      case "mdat" -> {
        long rest = fileLength - at - Math.min(size, fileLength - at);
        probe = moov == null && rest <= REST ? Math.max((int) rest, TAIL) : TAIL;
      }
      case "sidx" -> {
        if (moov != null && size <= bytes.remaining() - here) {
          Cursor body = Cursor.over(bytes, "sidx").skip(here).part(size, "sidx").skip(header);
          index.segmentIndex(new Box("sidx", 0, body), at + size);
        }
      }
      case "moof" -> {
        if (moov != null) {
          lookForRandomAccess();
          return false;
        }
      }
      default -> {}
    }
    return true;
  }

  /** Takes the head if it is all there, or asks for it: what came of it so far is not kept. */
  private boolean head(long size, int header, ByteBuffer bytes, int here) {
    if (size > limits.head()) {
      throw new MalformedMedia(
          "its head of " + size + " bytes is beyond the limit of " + limits.head());
    }
    headPlace = new Span(at, size);
    headHeader = header;
    int have = (int) Math.min(size, bytes.remaining() - here);
    if (have == size) {
      return parsed(bytes.slice(bytes.position() + here, have));
    }
    want(Next.HEAD, at, size);
    return false;
  }

  private void whole(ByteBuffer bytes) {
    if (parsed(bytes.slice())) {
      at = headPlace.end();
      if (at < fileLength) {
        want(Next.BOXES, at, probe);
      } else {
        ended();
      }
    }
  }

  /** Reads the head; whether fragments are to be looked for behind it. */
  private boolean parsed(ByteBuffer whole) {
    MoovParser parser = new MoovParser(limits, fileLength);
    ByteBuffer content = whole.slice(headHeader, whole.limit() - headHeader);
    parser.read(content, headPlace.offset() + headHeader);
    moov = parser;
    probe = PROBE;
    if (!parser.fragmented()) {
      finish(parser);
    }
    return parser.fragmented();
  }

  private void ended() {
    if (moov == null) {
      throw new MalformedMedia("it has no head: it is cut, or still being written");
    }
    finish(moov);
  }

  private void finish(MoovParser parser) {
    wanted = null;
    movie = parser.movie();
  }

  /** At the first fragment: is there an index at the end? It is worth a look in a long file. */
  private void lookForRandomAccess() {
    if (index.between(at, fileLength).iterator().hasNext() || fileLength - at < TAIL) {
      walk();
    } else {
      want(Next.RANDOM_ACCESS_END, fileLength - RANDOM_ACCESS_END, RANDOM_ACCESS_END);
    }
  }

  private void randomAccessEnd(ByteBuffer bytes) {
    Cursor in = Cursor.over(bytes, "mfro");
    boolean found = in.i32() == RANDOM_ACCESS_END && in.fourCc().equals("mfro");
    long size = in.skip(4).u32();
    if (found && size > RANDOM_ACCESS_END && size <= Math.min(limits.head(), fileLength - at)) {
      want(Next.RANDOM_ACCESS, fileLength - size, size);
    } else {
      walk();
    }
  }

  private void randomAccess(ByteBuffer bytes) {
    for (Box box : Box.in(Cursor.over(bytes, "mfra"))) {
      if (box.type().equals("mfra")) {
        index.randomAccess(box.body());
      }
    }
  }

  private void walk() {
    long start = at;
    for (long indexed : index.between(at, fileLength)) {
      walk(start, indexed);
      start = indexed;
    }
    walk(start, fileLength);
    next = Next.FRAGMENTS;
    wanted = null;
  }

  private void walk(long from, long to) {
    FragmentWalk walk = new FragmentWalk(from, to, fileLength, limits.fragments());
    walks.add(walk);
    goOn(walk);
  }

  private void goOn(FragmentWalk walk) {
    Span span = walk.wanted();
    if (span != null) {
      walking.put(span.offset(), walk);
    }
  }

  private void fragments(long offset, ByteBuffer bytes) {
    FragmentWalk walk = walking.remove(offset);
    if (walk == null) {
      return;
    }
    long before = walk.kept();
    walk.accept(bytes);
    heads += walk.kept() - before;
    if (heads > limits.fragments()) {
      throw new MalformedMedia(
          "the heads of its fragments are beyond the limit of " + limits.fragments() + " bytes");
    }
    if (walk.lost()) {
      lost();
    } else {
      goOn(walk);
    }
    if (walking.isEmpty()) {
      gather();
    }
  }

  /** An index that is wrong is none: all is walked from the first fragment on. */
  private void lost() {
    if (walks.size() == 1) {
      throw new MalformedMedia("between its fragments is something that is no box");
    }
    walks.clear();
    walking.clear();
    heads = 0;
    walk(at, fileLength);
  }

  private void gather() {
    MoovParser parser = Objects.requireNonNull(moov);
    for (FragmentWalk walk : walks) {
      for (FragmentWalk.Head fragment : walk.heads()) {
        parser.fragment(fragment.content(), fragment.offset());
      }
    }
    walks.clear();
    finish(parser);
    next = Next.BOXES;
  }

  /** Bytes that it keeps of what it was given: heads of fragments. */
  public long kept() {
    return heads;
  }

  /** What was read, once nothing is wanted any more. */
  public Movie movie() {
    if (movie == null) {
      throw new IllegalStateException("more of the file is wanted");
    }
    return movie;
  }

  /**
   * The file as it would be with its head in front.
   *
   * @param file what the file is called in the pieces
   */
  public Faststart faststart(int file) {
    return movie().fragmented()
        ? Faststart.none(file, fileLength)
        : new Faststart(headPlace, fileTypeEnd, file, fileLength);
  }
}
