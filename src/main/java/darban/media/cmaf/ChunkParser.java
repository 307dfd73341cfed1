package darban.media.cmaf;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import darban.media.mp4.FragmentParser;
import darban.media.mp4.MovieHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows a CMAF track while it is uploaded, fed with whatever bytes come, and tells where its
 * chunks begin and end and what they hold. Payload is counted and passed over; only heads are kept,
 * and those within {@link #LARGEST_HEAD}. One for each upload; confined to one thread.
 *
 * <pre>
 *   ftyp moov            head: init
 *   [styp] [prft] [emsg] moof │ mdat      a chunk: began when moof is read, ended behind mdat
 * </pre>
 */
public final class ChunkParser {
  /** Heads beyond this are refused. */
  public static final int LARGEST_HEAD = 4 << 20;

  private static final int HEADER = 8;
  private static final int LARGE_HEADER = 16;

  private static final Set<String> HEADS = Set.of("ftyp", "moov", "styp", "prft", "emsg", "moof");

  private final Listener listener;
  private final ByteBuffer header = ByteBuffer.allocate(LARGE_HEADER);
  private @Nullable ByteBuffer box;
  private String boxType = "";
  private @Nullable ByteBuffer fileType;
  private @Nullable MovieHead head;
  private long position;
  private long payloadLeft;
  private long chunkStart = -1;
  private boolean segmentStart;
  private boolean lastSegment;
  private Chunk.@Nullable ProducerTime producerTime;
  private final List<Chunk.Event> events = new ArrayList<>();
  private @Nullable Chunk open;
  private boolean endsChunk;

  /** Who is told; called while bytes are accepted. */
  public interface Listener {
    /**
     * The head is complete; may come again where a publisher changes it.
     *
     * @param bytes all of it, as sent, read-only
     */
    void init(MovieHead head, ByteBuffer bytes);

    /** All but the payload of a chunk has come. */
    void began(Chunk chunk);

    /** All of it has come; {@code end} is behind its last byte, counted from the first ever. */
    void ended(Chunk chunk, long end);
  }

  /** A parser of an upload that begins with its head. */
  public ChunkParser(Listener listener) {
    this(listener, null);
  }

  /** A parser of an upload whose {@code head} came in another one. */
  public ChunkParser(Listener listener, @Nullable MovieHead head) {
    this.listener = listener;
    this.head = head;
    header.limit(HEADER);
  }

  /** Bytes accepted so far. */
  public long position() {
    return position;
  }

  /** Whether the bytes so far end where a box ends, so that the upload may end there too. */
  public boolean between() {
    return payloadLeft == 0 && box == null && header.position() == 0;
  }

  /** Takes all of {@code bytes}. */
  public void accept(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (payloadLeft > 0) {
        passOver(bytes);
      } else if (box != null) {
        fill(box, bytes);
        boxDone();
      } else {
        fill(header, bytes);
        if (!header.hasRemaining()) {
          begin();
        }
      }
    }
  }

  private void passOver(ByteBuffer bytes) {
    int count = (int) Math.min(payloadLeft, bytes.remaining());
    bytes.position(bytes.position() + count);
    position += count;
    payloadLeft -= count;
    boxDone();
  }

  private void payloadEnded() {
    if (endsChunk) {
      endsChunk = false;
      endChunk(position);
    }
  }

  private void endChunk(long end) {
    if (open != null) {
      Chunk chunk = open;
      open = null;
      listener.ended(chunk, end);
    }
  }

  private void fill(ByteBuffer into, ByteBuffer bytes) {
    int count = Math.min(into.remaining(), bytes.remaining());
    into.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    position += count;
  }

  /** A header is there: what kind of box follows? */
  private void begin() {
    long size = header.getInt(0) & 0xffff_ffffL;
    if (size == 1 && header.limit() == HEADER) {
      header.limit(LARGE_HEADER);
      return;
    }
    int length = header.limit();
    size = size == 1 ? header.getLong(HEADER) : size;
    boxType = new String(header.array(), 4, 4, StandardCharsets.ISO_8859_1);
    if (size < length) {
      throw new MalformedMedia(
          "its box '" + MalformedMedia.printable(boxType) + "' claims " + size + " bytes");
    }
    noteStart(boxType, position - length);
    header.flip();
    if (HEADS.contains(boxType)) {
      keep(size);
    } else {
      payloadLeft = size - length;
      endsChunk = boxType.equals("mdat");
    }
    header.clear().limit(HEADER);
    boxDone();
  }

  private void keep(long size) {
    if (size > LARGEST_HEAD) {
      throw new MalformedMedia("its box '" + boxType + "' of " + size + " bytes is too large");
    }
    box = ByteBuffer.allocate((int) size).put(header);
  }

  /** Whether nothing of the box is missing: it is taken as soon as its last byte is here. */
  private void boxDone() {
    if (box != null && !box.hasRemaining()) {
      ByteBuffer whole = box.flip();
      box = null;
      complete(whole);
    } else if (box == null && payloadLeft == 0) {
      payloadEnded();
    }
  }

  private void noteStart(String type, long start) {
    switch (type) {
      case "styp", "prft", "emsg", "sidx", "moof" -> {
        if (open != null) {
          endChunk(start);
        }
        chunkStart = chunkStart < 0 ? start : chunkStart;
      }
      default -> {}
    }
  }

  private void complete(ByteBuffer whole) {
    int header = whole.getInt(0) == 1 ? LARGE_HEADER : HEADER;
    Cursor in = Cursor.over(whole, boxType).skip(header);
    switch (boxType) {
      case "ftyp" -> fileType = whole;
      case "moov" -> head(whole);
      case "styp" -> segmentType(in);
      case "prft" -> producerTime = producerTime(in);
      case "emsg" -> {
        if (events.size() < 64) {
          events.add(event(in));
        }
      }
      default -> fragment(in);
    }
  }

  private void head(ByteBuffer moov) {
    ByteBuffer before = fileType == null ? ByteBuffer.allocate(0) : fileType;
    ByteBuffer all = ByteBuffer.allocate(before.remaining() + moov.remaining());
    all.put(before.duplicate()).put(moov.duplicate()).flip();
    MovieHead read = MovieHead.read(all);
    head = read;
    listener.init(read, all.asReadOnlyBuffer());
  }

  private void segmentType(Cursor in) {
    segmentStart = true;
    while (in.remaining() >= 4) {
      lastSegment |= in.fourCc().equals("lmsg");
    }
  }

  private static Chunk.ProducerTime producerTime(Cursor in) {
    int version = in.u8();
    in.skip(3);
    int track = in.i32();
    long seconds = in.u32();
    long fraction = in.u32();
    long millis = (seconds - Chunk.ProducerTime.EPOCH) * 1000 + ((fraction * 1000) >>> 32);
    // Below 0 where an encoder of sound has what goes before its first sample.
    return new Chunk.ProducerTime(track, millis, version == 1 ? in.i64() : in.u32());
  }

  private static Chunk.Event event(Cursor in) {
    boolean absolute = in.u8() == 1;
    in.skip(3);
    if (absolute) {
      int timescale = in.i32();
      long time = in.u64();
      long duration = in.u32();
      long id = in.u32();
      String scheme = in.textToZero(StandardCharsets.UTF_8);
      String value = in.textToZero(StandardCharsets.UTF_8);
      return new Chunk.Event(scheme, value, timescale, true, time, duration, id, in.rest());
    }
    String scheme = in.textToZero(StandardCharsets.UTF_8);
    String value = in.textToZero(StandardCharsets.UTF_8);
    int timescale = in.i32();
    long time = in.u32();
    long duration = in.u32();
    return new Chunk.Event(scheme, value, timescale, false, time, duration, in.u32(), in.rest());
  }

  private void fragment(Cursor moof) {
    if (head == null) {
      throw new MalformedMedia("a fragment comes before the head");
    }
    Map<Integer, Tally> tallies = new LinkedHashMap<>();
    new FragmentParser(
            head.defaults(), track -> tallies.computeIfAbsent(track, each -> new Tally()))
        .read(moof, 0);
    List<Chunk.Run> runs = new ArrayList<>();
    tallies.forEach((track, tally) -> runs.add(tally.run(track)));
    open =
        new Chunk(
            chunkStart, segmentStart, lastSegment, runs, Optional.ofNullable(producerTime), events);
    chunkStart = -1;
    segmentStart = false;
    producerTime = null;
    events.clear();
    listener.began(open);
  }

  /** What the samples of a track come to. */
  private static final class Tally implements FragmentParser.Samples {
    private long decodeTime;
    private long duration;
    private int samples;
    private boolean independent;

    @Override
    public void decodingAt(long time) {
      decodeTime = samples == 0 ? time : decodeTime;
    }

    @Override
    public void chunkAt(long offset) {}

    @Override
    public void sample(int size, int ticks, int composition, boolean sync) {
      independent |= samples == 0 && sync;
      duration += ticks;
      samples++;
    }

    Chunk.Run run(int track) {
      return new Chunk.Run(track, decodeTime, duration, samples, independent);
    }
  }
}
