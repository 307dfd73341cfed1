package darban.protocol.h2;

import darban.flow.Loop;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;

/**
 * Counts the frames of a peer as they begin, and ends the connection when it gets far more of a
 * kind than honest use explains. Only misbehaviour counts: what answers our own frames (window
 * updates, pings that measure) is covered by a credit that each frame we send adds to, and a reset
 * is free for each exchange completed in the same ten seconds. Pings make us write, so their credit
 * has an end: a peer that does not read cannot fill memory.
 *
 * <p>The thresholds are per ten seconds, in multiples of {@link darban.base.Limits#floods}.
 * Sources: CVE-2019-9511 to 9518, CVE-2023-44487 (rapid reset), CVE-2024-27316 (CONTINUATION),
 * CVE-2025-8671 (made you reset). Event loop of its connection.
 */
final class FrameWatch {
  /** What a peer may flood with; the name stands in the log. */
  enum Flood {
    /** Streams reset by the peer beyond those that completed. */
    RESETS(1),
    /** Streams that we had to reset because of the peer. */
    FAULTS(0.5),
    /** PING and SETTINGS beyond what answers us. */
    CONTROL(1),
    /** WINDOW_UPDATE beyond what answers us, frames that come too late, any other frame. */
    NOISE(10),
    /** DATA without data. */
    EMPTY(0.5),
    /** CONTINUATION frames of one head. */
    CONTINUATION(0);

    private final double share;

    Flood(double share) {
      this.share = share;
    }
  }

  /** Who ends the connection; the rest of what the peer sent is not read. */
  interface Alarm {
    /** The peer floods. */
    void flooded(Flood flood);

    /** The peer used a stream again that was over, or that it had passed by (RFC 9113 §5.1). */
    void reused(Http2Error error);
  }

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST_CONTINUATIONS = 8;

  private final Loop loop;
  private final boolean serving;
  private final int unit;
  private final Alarm alarm;
  private final int[] counts = new int[Flood.values().length];
  private long windowStart;
  private long windowCredit;
  private long controlCredit;
  private int completed;
  private int continuations;
  private boolean inHead;
  private long headSince;
  private boolean ended;
  private boolean maySend;
  private final OpenStreams streams = new OpenStreams();

  /**
   * A watch.
   *
   * @param serving whether the peer is a client
   * @param unit the number of frames that {@link Flood}'s shares refer to
   */
  FrameWatch(Loop loop, boolean serving, int unit, Alarm alarm) {
    this.loop = loop;
    this.serving = serving;
    this.unit = unit;
    this.alarm = alarm;
    this.windowStart = loop.nanos();
  }

  /** We sent a frame that the peer may answer. */
  void sent() {
    windowCredit += 2;
    controlCredit = Math.min(controlCredit + 2, 10L * unit);
  }

  /** An exchange was completed. */
  void completed() {
    completed++;
  }

  /** We had to reset {@code stream} because of the peer: too many of them end the connection. */
  void fault(Http2Error error) {
    // What a client does that has not seen our settings yet.
    raise(error == Http2Error.REFUSED_STREAM ? Flood.NOISE : Flood.FAULTS);
  }

  /** A part of a body that holds nothing, and does not end it. */
  void empty() {
    raise(Flood.EMPTY);
  }

  /**
   * A frame came on a stream that is over; whether the peer could not know that: it was under way
   * when we reset the stream.
   */
  boolean late() {
    if (maySend) {
      raise(Flood.NOISE);
    }
    return maySend;
  }

  /** For how long a head has been incomplete, in nanoseconds; 0 when none is. */
  long headPending(long now) {
    return inHead ? now - headSince : 0;
  }

  private void headers(int id, boolean last) {
    Http2Error wrong = streams.headers(id, last);
    if (wrong != null && !ended) {
      ended = true;
      alarm.reused(wrong);
    }
  }

  /** A frame begins. */
  void frame(int type, int flags, int id, int length) {
    switch (type) {
      case FrameReader.DATA -> {
        maySend = !serving || streams.isOpen(id);
        if ((flags & FrameReader.END_STREAM) != 0) {
          streams.close(id);
        } else if (length == 0) {
          raise(Flood.EMPTY);
        }
      }
      case FrameReader.HEADERS -> {
        if (serving) {
          headers(id, (flags & FrameReader.END_STREAM) != 0);
        }
        head(flags);
      }
      case FrameReader.CONTINUATION -> {
        if (++continuations > MOST_CONTINUATIONS) {
          end(Flood.CONTINUATION);
        }
        head(flags);
      }
      case FrameReader.RST_STREAM -> {
        streams.close(id);
        turnWindow();
        if (completed > 0) {
          completed--;
        } else {
          raise(Flood.RESETS);
        }
      }
      case FrameReader.SETTINGS, FrameReader.PING -> {
        if ((flags & FrameReader.ACK) == 0) {
          control();
        }
      }
      case FrameReader.WINDOW_UPDATE -> windowUpdate();
      default -> raise(Flood.NOISE);
    }
  }

  private void head(int flags) {
    boolean complete = (flags & FrameReader.END_HEADERS) != 0;
    if (!inHead && !complete) {
      headSince = loop.nanos();
    }
    inHead = !complete;
    if (complete) {
      continuations = 0;
    }
  }

  private void control() {
    if (controlCredit > 0) {
      controlCredit--;
    } else {
      raise(Flood.CONTROL);
    }
  }

  private void windowUpdate() {
    if (windowCredit > 0) {
      windowCredit--;
    } else {
      raise(Flood.NOISE);
    }
  }

  private void raise(Flood flood) {
    turnWindow();
    if (++counts[flood.ordinal()] > unit * flood.share) {
      end(flood);
    }
  }

  private void turnWindow() {
    long now = loop.nanos();
    if (now - windowStart > WINDOW_NANOS) {
      windowStart = now;
      completed = 0;
      java.util.Arrays.fill(counts, 0);
    }
  }

  private void end(Flood flood) {
    if (!ended) {
      ended = true;
      alarm.flooded(flood);
    }
  }
}
