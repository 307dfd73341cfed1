package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.cmaf.ChunkWriter;
import darban.media.ts.Elementary.Coding;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an MPEG transport stream (ISO/IEC 13818-1 §2.4.3) as it comes, in pieces of any size, and
 * makes CMAF tracks of the pictures and sounds of its first program: one of pictures, called {@code
 * video}, and of sounds {@code audio}, {@code audio-2} and so on. What was lost or damaged on the
 * way is left out, and what is of no use here is passed over.
 *
 * <pre>
 *   bytes ─ 188 at a time ─► PID ─┬─ Sections ─► which PIDs are of the program
 *                                 └─ Pes ─┬─ PictureReader ─┬─ ChunkWriter ─► ftyp moov, moof mdat …
 *                                         └─ SoundReader   ─┘
 * </pre>
 *
 * <p>What cannot be read at all is {@link MalformedMedia}, after which it is of no use. Memory is
 * bounded: a picture by {@link #LARGEST_PICTURE}, a packet of sound by {@link #LARGEST_SOUND}, and
 * of each stream at most two and a chunk are held. Confined to one thread.
 */
public final class TsDemuxer {
  /** Bytes of a picture. */
  public static final int LARGEST_PICTURE = 8 << 20;

  /** Bytes of a packet of sound. */
  public static final int LARGEST_SOUND = 256 << 10;

  /** Bytes that tell whether something is a transport stream. */
  public static final int BEGINNING = Packets.SIZE + 1;

  private static final int MOST_SOUNDS = 8;
  private static final long LONGEST_SEARCH = 32L << 20;
  private static final byte SYNC = 0x47;
  private static final int SIZE = Packets.SIZE;
  private static final int FIRST_PID = 0x10;

  private final long chunk;
  private final Listener listener;
  private final ByteBuffer window = ByteBuffer.allocate(2 * SIZE + 1);
  private final ProgramClock clock = new ProgramClock(this::flush);
  private final Map<Integer, PidInput> inputs = new HashMap<>();
  private final Map<String, ChunkWriter> writers = new HashMap<>();
  private final ProgramTables tables = new ProgramTables(this::map, this::follow);
  private boolean locked;
  private boolean given;
  private long searched;

  /** Who takes tracks; called while bytes are accepted. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The next bytes of a track: its head, or a chunk. A head may come again.
     *
     * @param track its name, of small letters, digits and dashes
     * @param bytes all of them, read-only, the listener's from now on
     */
    void bytes(String track, ByteBuffer bytes);
  }

  /**
   * Nothing yet.
   *
   * @param chunk how long a chunk is to be at least, in microseconds
   */
  public TsDemuxer(long chunk, Listener listener) {
    this.chunk = chunk;
    this.listener = listener;
    inputs.put(0, new PidInput(tables.association()));
  }

  /** Whether a transport stream may begin so; {@link #BEGINNING} bytes tell that it does. */
  public static boolean mayBegin(ByteBuffer bytes) {
    boolean first = bytes.hasRemaining() && bytes.get(bytes.position()) == SYNC;
    return first && (bytes.remaining() < BEGINNING || bytes.get(bytes.position() + SIZE) == SYNC);
  }

  /**
   * Takes all of {@code bytes}.
   *
   * @throws MalformedMedia if it is scrambled, has nothing that can be read, or goes beyond bounds
   */
  public void accept(ByteBuffer bytes) {
    if (!given) {
      searched += bytes.remaining();
      if (searched > LONGEST_SEARCH) {
        throw nothing();
      }
    }
    while (bytes.hasRemaining()) {
      int part = Math.min(bytes.remaining(), window.remaining());
      window.put(bytes.slice(bytes.position(), part));
      bytes.position(bytes.position() + part);
      if (!window.hasRemaining()) {
        full();
      }
    }
  }

  private static MalformedMedia nothing() {
    return new MalformedMedia("the transport stream has no pictures or sound that are known here");
  }

  private void full() {
    window.flip();
    if (!locked) {
      search();
    } else if (window.get(0) == SYNC) {
      packet(window);
      window.clear().limit(SIZE);
    } else {
      locked = false;
      window.limit(window.capacity()).position(SIZE);
    }
  }

  /** Looks for two packets one after the other (annex G.1). */
  private void search() {
    int at = 0;
    while (at + SIZE < window.limit() && !mayBegin(window.position(at))) {
      at++;
    }
    locked = at + SIZE < window.limit();
    while (locked && window.limit() - at >= SIZE) {
      packet(window.slice(at, SIZE));
      at += SIZE;
    }
    window.position(at).compact();
    window.limit(locked ? SIZE : window.capacity());
  }

  private void packet(ByteBuffer packet) {
    boolean damaged = (packet.get(1) & 0x80) != 0;
    PidInput input = damaged ? null : inputs.get(packet.getShort(1) & 0x1fff);
    if (input != null) {
      input.packet(packet);
    }
  }

  // Of which PIDs

  private void map(int before, int pid) {
    inputs.remove(before);
    inputs.put(pid, new PidInput(tables.map()));
  }

  private void follow(int mapPid, List<Elementary> streams) {
    Map<Integer, PidInput> known = Map.copyOf(inputs);
    inputs.keySet().removeIf(pid -> pid != 0 && pid != mapPid);
    int pictures = 0;
    int sounds = 0;
    for (Elementary each : streams) {
      boolean isPictures = each.coding().pictures();
      boolean wanted = isPictures ? pictures == 0 : sounds < MOST_SOUNDS;
      if (wanted && each.pid() >= FIRST_PID && !inputs.containsKey(each.pid())) {
        pictures += isPictures ? 1 : 0;
        sounds += isPictures ? 0 : 1;
        String name = isPictures ? "video" : sounds == 1 ? "audio" : "audio-" + sounds;
        PidInput before = known.get(each.pid());
        boolean same = before != null && before.isOf(name, each);
        inputs.put(each.pid(), same ? before : new PidInput(name, each, reader(name, each)));
      }
    }
    if (pictures + sounds == 0) {
      throw nothing();
    }
  }

  private PidReader reader(String name, Elementary stream) {
    ChunkWriter to =
        writers.computeIfAbsent(name, any -> new ChunkWriter(chunk, bytes -> give(name, bytes)));
    if (!stream.coding().pictures()) {
      return new Pes(LARGEST_SOUND, new SoundReader(clock, stream, to));
    }
    ParameterSets sets = stream.coding() == Coding.AVC ? new AvcSets() : new HevcSets();
    return new Pes(LARGEST_PICTURE, new PictureReader(clock, sets, to));
  }

  private void give(String track, ByteBuffer bytes) {
    given = true;
    listener.bytes(track, bytes);
  }

  // Where it ends

  /**
   * What follows begins anew, with counters of its own, as a segment of HLS does: what came so far
   * is whole.
   */
  public void pieceEnds() {
    if (!locked) {
      window.flip();
      search();
    }
    inputs.values().forEach(PidInput::flush);
    window.clear().limit(locked ? SIZE : window.capacity());
  }

  /**
   * It is whole.
   *
   * @throws MalformedMedia if nothing was in it
   */
  public void end() {
    pieceEnds();
    flush();
    if (!given) {
      throw nothing();
    }
  }

  /** What one stream has before times jump goes before what another has behind that. */
  private void flush() {
    writers.values().forEach(ChunkWriter::flush);
  }
}
