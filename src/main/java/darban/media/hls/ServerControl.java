package darban.media.hls;

/**
 * What a server of a live playlist can do, and what players are to keep to (RFC 8216bis §4.4.3.8).
 * Times are in microseconds, -1 where nothing is told. Immutable, any thread.
 *
 * @param canSkipUntil how far from the end segments are that a delta update leaves out
 * @param canSkipDateRanges whether it leaves out date ranges too
 * @param holdBack how far from the end players are to stay
 * @param partHoldBack how far from the end players of parts are to stay
 * @param canBlockReload whether a request for what is not there yet is held until it is
 */
public record ServerControl(
    long canSkipUntil,
    boolean canSkipDateRanges,
    long holdBack,
    long partHoldBack,
    boolean canBlockReload) {
  /** Nothing told. */
  public static final ServerControl NONE = new ServerControl(-1, false, -1, -1, false);

  /**
   * Of a low-latency stream: players stay as near to the end as they may, which is three parts, and
   * updates leave out what is six segments old.
   */
  public static ServerControl lowLatency(int targetSeconds, long partTarget) {
    return new ServerControl(6L * targetSeconds * Micros.SECOND, false, -1, 3 * partTarget, true);
  }

  static ServerControl of(Attributes attributes) {
    return new ServerControl(
        attributes.micros("CAN-SKIP-UNTIL", -1),
        attributes.yes("CAN-SKIP-DATERANGES"),
        attributes.micros("HOLD-BACK", -1),
        attributes.micros("PART-HOLD-BACK", -1),
        attributes.yes("CAN-BLOCK-RELOAD"));
  }

  Attributes attributes() {
    return Attributes.builder()
        .yes("CAN-BLOCK-RELOAD", canBlockReload)
        .micros("CAN-SKIP-UNTIL", canSkipUntil)
        .yes("CAN-SKIP-DATERANGES", canSkipDateRanges)
        .micros("HOLD-BACK", holdBack)
        .micros("PART-HOLD-BACK", partHoldBack)
        .build();
  }
}
