package darban.observe;

import java.util.concurrent.atomic.LongAdder;

/** A stream or a film as it is watched: by whom, and what of it goes through. Any thread. */
public final class Title {
  private static final int MOST_VIEWERS = 10_000;

  /** So often those who have left are forgotten, whether or not anybody counts. */
  private static final long ROUND = 15_000_000_000L;

  private final Audience audience = new Audience(MOST_VIEWERS);
  private final LongAdder requests = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();
  private volatile long round;

  /** Nobody has asked for it before {@code nanos}. */
  public Title(long nanos) {
    round = nanos;
  }

  /** A viewer asks for something of it. */
  public void requested() {
    requests.increment();
  }

  /** A viewer, told apart by a number of his, got so many more bytes. */
  public void sent(int viewer, long bytes, long nanos) {
    if (nanos - round > ROUND) {
      round = nanos;
      audience.tick(nanos);
    }
    audience.seen(viewer, nanos);
    sent.add(bytes);
  }

  /** The origin sent so many more bytes. */
  public void received(long bytes) {
    received.add(bytes);
  }

  /** How many watch it. */
  public int viewers(long nanos) {
    audience.tick(nanos);
    return audience.size();
  }

  /** Requests of viewers. */
  public long requests() {
    return requests.sum();
  }

  /** Bytes that viewers got. */
  public long sent() {
    return sent.sum();
  }

  /** Bytes that the origin sent. */
  public long received() {
    return received.sum();
  }

  /**
   * Which part of what viewers got the origin need not have sent, from 0 to 1; not a number while
   * they got nothing.
   */
  public static double offload(long sent, long received) {
    return sent == 0 ? Double.NaN : Math.clamp(1 - (double) received / (double) sent, 0, 1);
  }
}
