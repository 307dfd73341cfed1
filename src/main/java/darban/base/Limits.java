package darban.base;

/**
 * How much of anything one peer may ask of us, a client or an origin. Every bound has a default
 * that an honest peer never meets; each can be set.
 *
 * @param target bytes of a request target; beyond it 414
 * @param field bytes of one field line; beyond it 431
 * @param fields number of field lines in a head; beyond it 431, from an origin 502
 * @param head bytes of a whole head; beyond it 431, from an origin 502
 * @param body bytes of a request body, 0 for no bound; beyond it 413
 * @param trailers bytes of a trailer section; beyond it the message is refused
 * @param chunkLine bytes of a chunk's size line, extensions included
 * @param interim interim (1xx) responses before a final one; beyond it 502
 * @param streams concurrent streams of an HTTP/2 or HTTP/3 connection
 * @param floods bad or empty frames, or broken streams, within ten seconds before a connection of
 *     HTTP/2 or HTTP/3 is ended
 */
public record Limits(
    int target,
    int field,
    int fields,
    int head,
    long body,
    int trailers,
    int chunkLine,
    int interim,
    int streams,
    int floods) {

  /** Of a client. */
  public static final Limits DEFAULT =
      new Limits(8_192, 16_384, 128, 32_768, 0, 8_192, 256, 10, 100, 100);

  /** Of an origin. */
  public static final Limits OF_ORIGIN = DEFAULT.ofOrigin(65_536, 256, 10);

  /** These, with other bounds for an origin's heads, of which one field may fill the whole. */
  public Limits ofOrigin(int head, int fields, int interim) {
    return new Limits(
        target, head, fields, head, body, trailers, chunkLine, interim, streams, floods);
  }
}
