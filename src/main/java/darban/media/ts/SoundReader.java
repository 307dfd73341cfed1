package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.cmaf.ChunkWriter;
import darban.media.mp4.Timeline;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Samples of sound out of packets: the frames that begin in one, the last of which may end in the
 * next (ISO/IEC 13818-1 §2.4.3.7: the time of a packet is that of the first). From one frame to the
 * next time is counted in samples; where packets tell a time that is off by more than a frame, that
 * one holds. Confined to one thread.
 */
final class SoundReader implements Pes.Listener {
  private final ProgramClock clock;
  private final Elementary stream;
  private final ChunkWriter out;
  private byte[] begun = {};
  private SoundFrame.@Nullable Setup setup;
  private long next = -1;
  private long time = -1;

  SoundReader(ProgramClock clock, Elementary stream, ChunkWriter out) {
    this.clock = clock;
    this.stream = stream;
    this.out = out;
  }

  @Override
  public void lost() {
    begun = new byte[0];
    time = -1;
  }

  @Override
  public void packet(long shown, long decoded, ByteBuffer data) {
    int before = begun.length;
    ByteBuffer all = ByteBuffer.allocate(before + data.remaining()).put(begun).put(data).flip();
    begun = new byte[0];
    boolean timed = false;
    int at = 0;
    if (before > 0 && isLikeBefore(all, before)) {
      // The packet begins with a frame: what was begun does not go on.
      lost();
      at = before;
    }
    while (all.limit() - at >= SoundFrame.HEADER) {
      SoundFrame frame = frame(all, at, at == 0 || at == before || timed);
      if (frame == null) {
        // What is behind it, in the packet, has no time.
        if (timed || at < before) {
          lost();
        }
        if (timed) {
          return;
        }
        at = Math.max(at + 1, before);
        continue;
      }
      if (at >= before && !timed) {
        timed = true;
        time = shown == Pes.NONE ? time : ticks(shown, frame);
      }
      if (frame.size() > all.limit() - at) {
        break;
      }
      add(frame, all.slice(at + frame.header(), frame.size() - frame.header()));
      at += frame.size();
    }
    begun = Arrays.copyOfRange(all.array(), at, all.limit());
  }

  /**
   * The frame at a place, if another follows it; or the last that has come, if it is where one is
   * to be, or like those before it.
   */
  private @Nullable SoundFrame frame(ByteBuffer all, int at, boolean due) {
    SoundFrame frame = header(all, at);
    if (frame == null) {
      return null;
    }
    int behind = at + frame.size();
    boolean last = behind > all.limit() - SoundFrame.HEADER;
    boolean sure = last ? due || frame.setup().equals(setup) : header(all, behind) != null;
    return sure ? frame : null;
  }

  private boolean isLikeBefore(ByteBuffer all, int at) {
    SoundFrame frame = all.limit() - at < SoundFrame.HEADER ? null : header(all, at);
    return frame != null && frame.setup().equals(setup);
  }

  private @Nullable SoundFrame header(ByteBuffer all, int at) {
    try {
      return SoundFrame.read(stream.coding(), all.slice(at, SoundFrame.HEADER));
    } catch (MalformedMedia damaged) {
      if (setup == null) {
        throw damaged;
      }
      return null;
    }
  }

  private long ticks(long shown, SoundFrame frame) {
    int rate = frame.setup().format().rate();
    long told = Timeline.nearest(clock.time(shown), ProgramClock.TICKS, rate);
    boolean near = next >= 0 && Math.abs(told - next) <= frame.samples();
    return near && frame.setup().equals(setup) ? next : told;
  }

  private void add(SoundFrame frame, ByteBuffer payload) {
    if (!frame.heard() || time < 0) {
      return;
    }
    if (!frame.setup().equals(setup)) {
      setup = frame.setup();
      next = -1;
      out.head(setup.track(stream.language()));
    }
    int rate = frame.setup().format().rate();
    boolean again = time < next - frame.samples() && time > next - rate;
    if (!again) {
      ByteBuffer sample = ByteBuffer.allocate(payload.remaining()).put(payload).flip();
      out.add(new ChunkWriter.Sample(time, frame.samples(), 0, true, sample));
      next = time + frame.samples();
    }
    time += frame.samples();
  }
}
