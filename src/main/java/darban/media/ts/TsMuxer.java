package darban.media.ts;

import darban.media.mp4.Track;
import darban.media.segment.Segments;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes an MPEG transport stream (ISO/IEC 13818-1) for players that know no other segments. Every
 * 184 bytes of payload get a header, so payload passes through here: the caller brings samples in
 * buffers of his own and gets packets into another, and nothing is allocated for a sample.
 *
 * <pre>
 *   TsMuxer muxer = new TsMuxer(tracks, segment);
 *   muxer.tables(out);
 *   for (TsOrder order = …; order.next(); ) {
 *     muxer.begin(order, payload bytes…, out);  muxer.sample(…, out) for each sample of the group
 *   }
 * </pre>
 *
 * One for each segment; confined to one thread.
 */
public final class TsMuxer {
  /** Ticks of 1/90000 that time 0 of a recording has: the clock must not begin below zero. */
  public static final long START = 900_000;

  private static final long MODULUS = 1L << 33;

  /** How much earlier the clock is than the sample is decoded: what players may buffer. */
  private static final long LEAD = 63_000;

  private static final int PES_HEADER = 19;

  private final List<TsStream> streams = new ArrayList<>();
  private final Tables tables;
  private final Packets packets;
  private final int segment;
  private final int clockStream;
  private final byte[] header = new byte[PES_HEADER];

  /** For segment {@code number} of tracks that are muxed together. */
  public TsMuxer(List<Segments> tracks, int number) {
    int clock = 0;
    for (int i = 0; i < tracks.size(); i++) {
      streams.add(TsStream.of(tracks.get(i).track(), i));
      clock = tracks.get(i).track().isVideo() ? i : clock;
      // Each segment counts its packets from 0, and says so where another went before.
      streams.getLast().fresh = number > 0;
    }
    this.segment = number;
    this.clockStream = clock;
    this.tables = new Tables(streams, streams.get(clock).pid);
    this.packets = new Packets(streams.getFirst());
  }

  /** Whether old players know what a track is coded in. */
  public static boolean carries(Track track) {
    return TsStream.type(track) >= 0;
  }

  /** Bytes that {@link #tables} puts. */
  public static int tablesSize() {
    return 2 * Packets.SIZE;
  }

  /** What the program is made of; goes before all samples of a segment. */
  public void tables(ByteBuffer out) {
    tables.put(segment, out);
  }

  /** The most bytes that a picture or a group of sounds of so many bytes becomes. */
  public int most(int stream, int bytes, int samples) {
    TsStream of = streams.get(stream);
    long most = (long) PES_HEADER + bytes + (long) Adts.SIZE * samples;
    if (of.pictures != null) {
      most = (long) PES_HEADER + of.pictures.most(bytes);
    }
    return Math.toIntExact((most / (Packets.SIZE - 12) + 2) * Packets.SIZE);
  }

  /**
   * A picture.
   *
   * @param sample its bytes; the position stays
   * @param decoded when, in ticks of 1/90000 of the recording
   * @param shown when
   */
  public void picture(
      int stream, ByteBuffer sample, long decoded, long shown, boolean sync, ByteBuffer out) {
    TsStream of = streams.get(stream);
    AnnexB pictures = Objects.requireNonNull(of.pictures);
    int length = header(of, START + shown, START + decoded, 0);
    long clock = stream == clockStream ? clock(decoded) : -1;
    packets.begin(of, length + (long) pictures.size(sample, sync), sync, clock, out);
    packets.put(header, length);
    pictures.write(sample, sync, packets);
  }

  /**
   * Begins a group of sounds, which {@link #sound} follows for each.
   *
   * @param samples how many
   * @param bytes of all of them
   * @param heard when the first is, in ticks of 1/90000 of the recording
   */
  public void sounds(int stream, int samples, int bytes, long heard, ByteBuffer out) {
    TsStream of = streams.get(stream);
    int payload = bytes + (of.sound == null ? 0 : Adts.SIZE * samples);
    int length = header(of, START + heard, START + heard, payload);
    long clock = stream == clockStream ? clock(heard) : -1;
    packets.begin(of, length + (long) payload, true, clock, out);
    packets.put(header, length);
  }

  /** A frame of sound; all of {@code sample} is taken. */
  public void sound(int stream, ByteBuffer sample) {
    Adts sound = streams.get(stream).sound;
    if (sound != null) {
      packets.put(sound.before(sample.remaining()));
    }
    packets.put(sample);
  }

  private static long clock(long decoded) {
    return (START + decoded - LEAD) & (MODULUS - 1);
  }

  /** The header of a packet of the stream (§2.4.3.6): its bytes. */
  private int header(TsStream of, long shown, long decoded, int payload) {
    boolean both = shown != decoded;
    int times = both ? 10 : 5;
    int length = 3 + times + payload;
    // Pictures may be longer than the field can say; 0 stands for that.
    int said = payload == 0 || length > 0xffff ? 0 : length;
    header[0] = 0;
    header[1] = 0;
    header[2] = 1;
    header[3] = (byte) of.streamId;
    header[4] = (byte) (said >> 8);
    header[5] = (byte) said;
    header[6] = (byte) 0x84;
    header[7] = (byte) (both ? 0xc0 : 0x80);
    header[8] = (byte) times;
    time(9, both ? 3 : 2, shown);
    if (both) {
      time(14, 1, decoded);
    }
    return 9 + times;
  }

  private void time(int at, int mark, long time) {
    long wrapped = time & (MODULUS - 1);
    header[at] = (byte) (mark << 4 | (int) (wrapped >> 30 & 7) << 1 | 1);
    header[at + 1] = (byte) (wrapped >> 22);
    header[at + 2] = (byte) ((wrapped >> 15 & 0x7f) << 1 | 1);
    header[at + 3] = (byte) (wrapped >> 7);
    header[at + 4] = (byte) ((wrapped & 0x7f) << 1 | 1);
  }
}
