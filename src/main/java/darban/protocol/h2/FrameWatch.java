package darban.protocol.h2;

import darban.flow.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;

/**
 * Reads along the frame headers of a peer's bytes, before the codec does its work, and ends the
 * connection when it gets far more of a kind than honest use explains. Only misbehaviour counts:
 * what answers our own frames (window updates, pings that measure) is covered by a credit that each
 * frame we send adds to, and a reset is free for each exchange completed in the same ten seconds.
 * Pings make us write, so their credit has an end: a peer that does not read cannot fill memory.
 *
 * <p>The thresholds are per ten seconds, in multiples of {@link darban.base.Limits#floods}.
 * Sources: CVE-2019-9511 to 9518, CVE-2023-44487 (rapid reset), CVE-2024-27316 (CONTINUATION),
 * CVE-2025-8671 (made you reset). Event loop of its channel; the first HTTP/2 handler of its
 * pipeline.
 */
final class FrameWatch extends ChannelInboundHandlerAdapter {
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
  private static final int HEADER = 9;
  private static final int MOST_CONTINUATIONS = 8;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int FLAG_ACK = 1;
  private static final int FLAG_END_STREAM = 1;
  private static final int FLAG_END_HEADERS = 4;
  private static final int FLAG_PADDED = 8;

  private final Loop loop;
  private final boolean serving;
  private final int unit;
  private final Alarm alarm;
  private final int[] counts = new int[Flood.values().length];
  private final byte[] header = new byte[HEADER];
  private long windowStart;
  private long windowCredit;
  private long controlCredit;
  private int completed;
  private int headerRead;
  private long skip;
  private boolean paddingNext;
  private int continuations;
  private boolean inHead;
  private long headSince;
  private boolean ended;
  private final OpenStreams streams = new OpenStreams();

  /**
   * A watch.
   *
   * @param preface bytes of the connection preface to be passed over, 24 on a server, 0 on a client
   * @param unit the number of frames that {@link Flood}'s shares refer to
   */
  FrameWatch(Loop loop, int preface, int unit, Alarm alarm) {
    this.loop = loop;
    this.skip = preface;
    this.serving = preface > 0;
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
  void fault(int stream, Http2Error error) {
    // What a client does that has not seen our settings, or that we reset the stream, yet.
    boolean honest =
        error == Http2Error.REFUSED_STREAM
            || (error == Http2Error.STREAM_CLOSED && streams.isOpen(stream));
    raise(honest ? Flood.NOISE : Flood.FAULTS);
  }

  /** For how long a head has been incomplete, in nanoseconds; 0 when none is. */
  long headPending(long now) {
    return inHead ? now - headSince : 0;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes && !ended) {
      scan(bytes);
    }
    if (ended) {
      io.netty.util.ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void scan(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end && !ended) {
      if (skip > 0) {
        int n = (int) Math.min(skip, end - at);
        if (paddingNext) {
          paddingNext = false;
          padded(bytes.getUnsignedByte(at));
        }
        skip -= n;
        at += n;
        continue;
      }
      header[headerRead++] = bytes.getByte(at++);
      if (headerRead == HEADER) {
        headerRead = 0;
        frame();
      }
    }
  }

  private int length() {
    return (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
  }

  private int id() {
    return (header[5] & 0x7f) << 24
        | (header[6] & 0xff) << 16
        | (header[7] & 0xff) << 8
        | (header[8] & 0xff);
  }

  private void headers(boolean last) {
    Http2Error wrong = streams.headers(id(), last);
    if (wrong != null && !ended) {
      ended = true;
      alarm.reused(wrong);
    }
  }

  private void frame() {
    int length = length();
    int type = header[3];
    int flags = header[4];
    skip = length;
    switch (type) {
      case DATA -> {
        paddingNext = (flags & FLAG_PADDED) != 0 && length > 0;
        if ((flags & FLAG_END_STREAM) != 0) {
          streams.close(id());
        } else if (length == 0) {
          raise(Flood.EMPTY);
        }
      }
      case HEADERS -> {
        if (serving) {
          headers((flags & FLAG_END_STREAM) != 0);
        }
        head(flags);
      }
      case CONTINUATION -> {
        if (++continuations > MOST_CONTINUATIONS) {
          end(Flood.CONTINUATION);
        }
        head(flags);
      }
      case RST_STREAM -> {
        streams.close(id());
        turnWindow();
        if (completed > 0) {
          completed--;
        } else {
          raise(Flood.RESETS);
        }
      }
      case SETTINGS, PING -> {
        if ((flags & FLAG_ACK) == 0) {
          control();
        }
      }
      case WINDOW_UPDATE -> windowUpdate();
      default -> raise(Flood.NOISE);
    }
  }

  /** A padded DATA frame whose padding is all it holds. */
  private void padded(int padding) {
    if (padding + 1 >= length() && (header[4] & FLAG_END_STREAM) == 0) {
      raise(Flood.EMPTY);
    }
  }

  private void head(int flags) {
    boolean complete = (flags & FLAG_END_HEADERS) != 0;
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
