package darban.listen.web;

/**
 * How large the datagrams of a listener are (RFC 9000, section 14). The codec can look for what a
 * path takes, but passes over what the client has said it takes: Chromium closes the connection. So
 * it is told; what is more than a client takes is not sent to it.
 *
 * @param payload bytes that one holds at most, sent or received
 */
record Datagrams(int payload) {
  /** Fits through a path over Ethernet, and most tunnels on it. */
  static final int DEFAULT = 1350;

  /** What QUIC asks of any path. */
  static final int LEAST = 1200;

  /** The largest packet that the codec makes. */
  static final int MOST = 16_383;

  /** Bytes that one system call sends at most: a UDP datagram of IPv4. */
  private static final int SENT = 65_507;

  /** Bytes that are there for what one system call receives, unless datagrams are large. */
  private static final int RECEIVED = 64 * 1024;

  private static final int MOST_SEGMENTS = 64;

  /** How many one system call sends (GSO) to a client that takes {@code most} bytes in one. */
  int segments(long most) {
    return Math.clamp(SENT / Math.clamp(most, LEAST, payload), 1, MOST_SEGMENTS);
  }

  /** Bytes that are kept for one received: clients may send larger ones than we do. */
  int room() {
    return Math.max(2048, payload);
  }

  /**
   * How many are received by one system call (recvmmsg, or one turn of the ring). What came in the
   * meantime is answered together: the more, the larger what is sent at once.
   */
  int receivedAtOnce() {
    return Math.clamp(RECEIVED / room(), 8, 32);
  }
}
