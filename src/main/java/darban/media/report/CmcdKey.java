package darban.media.report;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What players report (CTA-5004 and its second version), each in the header field that it belongs
 * to. Bit rates are in kbit/s, times in milliseconds.
 */
public enum CmcdKey {
  /** Bit rate of the object that is asked for. */
  BITRATE("br", Group.OBJECT, Type.NUMBER),
  AGGREGATE_BITRATE("ab", Group.OBJECT, Type.NUMBER),
  DURATION("d", Group.OBJECT, Type.NUMBER),
  /**
   * {@code v}, {@code a}, {@code av}, {@code m}, {@code i}, {@code c}, {@code tt}, {@code k},
   * {@code o}.
   */
  OBJECT_TYPE("ot", Group.OBJECT, Type.TOKEN),
  TOP_BITRATE("tb", Group.OBJECT, Type.NUMBER),
  TOP_PLAYABLE_BITRATE("tpb", Group.OBJECT, Type.NUMBER),
  LOWEST_BITRATE("lb", Group.OBJECT, Type.NUMBER),
  TOP_AGGREGATE_BITRATE("tab", Group.OBJECT, Type.NUMBER),
  LOWEST_AGGREGATE_BITRATE("lab", Group.OBJECT, Type.NUMBER),
  URL("url", Group.OBJECT, Type.TEXT),

  /** How much is buffered. */
  BUFFER_LENGTH("bl", Group.REQUEST, Type.NUMBER),
  TARGET_BUFFER_LENGTH("tbl", Group.REQUEST, Type.NUMBER),
  DEADLINE("dl", Group.REQUEST, Type.NUMBER),
  MEASURED_THROUGHPUT("mtp", Group.REQUEST, Type.NUMBER),
  /** What will be asked for next, relative to what is asked for now. */
  NEXT_OBJECT("nor", Group.REQUEST, Type.TEXT),
  NEXT_RANGE("nrr", Group.REQUEST, Type.TEXT),
  /** Asked for in haste: at the start, after a seek, after a stall. */
  STARTUP("su", Group.REQUEST, Type.FLAG),
  /** Behind live. */
  LATENCY("ltc", Group.REQUEST, Type.NUMBER),
  PLAYED_BITRATE("pb", Group.REQUEST, Type.NUMBER),
  SEQUENCE("sn", Group.REQUEST, Type.NUMBER),
  /** {@code s} starting, {@code p} playing, {@code k} seeking, {@code r} rebuffering … */
  STATE("sta", Group.REQUEST, Type.TOKEN),
  TIMESTAMP("ts", Group.REQUEST, Type.NUMBER),
  RESPONSE_CODE("rc", Group.REQUEST, Type.NUMBER),
  FIRST_BYTE("ttfb", Group.REQUEST, Type.NUMBER),
  FIRST_BODY_BYTE("ttfbb", Group.REQUEST, Type.NUMBER),
  LAST_BYTE("ttlb", Group.REQUEST, Type.NUMBER),
  DROPPED_FRAMES("df", Group.REQUEST, Type.NUMBER),
  CONTENT_SIGNATURE("cs", Group.REQUEST, Type.TEXT),
  SERVER_DYNAMIC("cmsdd", Group.REQUEST, Type.TEXT),
  SERVER_STATIC("cmsds", Group.REQUEST, Type.TEXT),

  /** The buffer ran empty since the last report. */
  BUFFER_STARVATION("bs", Group.STATUS, Type.FLAG),
  BUFFER_STARVATION_DURATION("bsd", Group.STATUS, Type.NUMBER),
  REQUESTED_THROUGHPUT("rtp", Group.STATUS, Type.NUMBER),
  CDN("cdn", Group.STATUS, Type.TEXT),
  BACKGROUNDED("bg", Group.STATUS, Type.FLAG),
  PLAYHEAD("pt", Group.STATUS, Type.NUMBER),
  ERROR("ec", Group.STATUS, Type.TEXT),
  EVENT("e", Group.STATUS, Type.TOKEN),

  CONTENT_ID("cid", Group.SESSION, Type.TEXT),
  SESSION_ID("sid", Group.SESSION, Type.TEXT),
  PLAYBACK_RATE("pr", Group.SESSION, Type.NUMBER),
  /** {@code h} HLS, {@code d} DASH, {@code s} Smooth Streaming, {@code o} another. */
  STREAMING_FORMAT("sf", Group.SESSION, Type.TOKEN),
  /** {@code v} a recording, {@code l} live. */
  STREAM_TYPE("st", Group.SESSION, Type.TOKEN),
  /** From the order to play until something plays. */
  MEDIA_START_DELAY("msd", Group.SESSION, Type.NUMBER),
  VERSION("v", Group.SESSION, Type.NUMBER);

  private static final Map<String, CmcdKey> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(CmcdKey::key, key -> key));

  private final String key;
  private final Group group;
  private final Type type;

  CmcdKey(String key, Group group, Type type) {
    this.key = key;
    this.group = group;
    this.type = type;
  }

  /** The header fields. */
  public enum Group {
    OBJECT,
    REQUEST,
    SESSION,
    STATUS
  }

  /** What a value is. */
  public enum Type {
    NUMBER,
    TEXT,
    TOKEN,
    FLAG
  }

  /** As reports spell it. */
  public String key() {
    return key;
  }

  /** The header field it belongs to. */
  public Group group() {
    return group;
  }

  /** What its value is. */
  public Type type() {
    return type;
  }

  /** The key of that name; empty if it is not one of the standard. */
  public static Optional<CmcdKey> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }
}
