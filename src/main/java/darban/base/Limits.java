package darban.base;

/**
 * How much of anything one peer may ask of us. Every bound has a default that an honest client
 * never meets; each can be set per listener.
 *
 * @param target bytes of a request target; beyond it 414
 * @param field bytes of one field line; beyond it 431
 * @param fields number of field lines in a head; beyond it 431
 * @param head bytes of a whole request head; beyond it 431
 * @param body bytes of a request body, 0 for no bound; beyond it 413
 * @param trailers bytes of a trailer section; beyond it the message is refused
 * @param chunkLine bytes of a chunk's size line, extensions included
 * @param responseHead bytes of an origin's response head; beyond it 502
 * @param responseFields number of field lines in an origin's response head; beyond it 502
 * @param interim interim (1xx) responses before a final one; beyond it 502
 * @param connections open connections of a listener, 0 for no bound of its own
 * @param connectionsPerAddress open connections of one client address (IPv4 /32, IPv6 /64), 0 for
 *     no bound; the loopback addresses are exempt
 * @param streams concurrent streams of an HTTP/2 or HTTP/3 connection
 * @param floods bad or empty frames within ten seconds before an HTTP/2 connection is ended
 */
public record Limits(
    int target,
    int field,
    int fields,
    int head,
    long body,
    int trailers,
    int chunkLine,
    int responseHead,
    int responseFields,
    int interim,
    int connections,
    int connectionsPerAddress,
    int streams,
    int floods) {

  /** The defaults. */
  public static final Limits DEFAULT =
      new Limits(8_192, 16_384, 128, 32_768, 0, 8_192, 256, 65_536, 256, 10, 0, 256, 100, 100);
}
