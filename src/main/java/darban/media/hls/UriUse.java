package darban.media.hls;

import java.util.List;
import java.util.Map;

/** What an address in a playlist is for. */
public enum UriUse {
  /** A playlist of one variant. */
  VARIANT,
  /** A playlist of sound, subtitles or another angle. */
  RENDITION,
  /** A playlist of single pictures. */
  I_FRAMES,
  SEGMENT,
  /** A part of a segment that is being made. */
  PART,
  /** A part that will be asked for before it is there. */
  HINT,
  /** The head before segments. */
  MAP,
  KEY,
  /** The playlist of another rendition, whose newest part is told. */
  REPORT,
  SESSION_DATA,
  /** Where a player asks which pathway to take. */
  STEERING,
  /** An advertisement or another insertion. */
  INTERSTITIAL;

  /**
   * An attribute that holds an address.
   *
   * @param name of the attribute
   */
  record Place(String name, UriUse use) {}

  private static final Map<String, List<Place>> PLACES =
      Map.ofEntries(
          Map.entry("EXT-X-MEDIA", List.of(new Place("URI", RENDITION))),
          Map.entry("EXT-X-I-FRAME-STREAM-INF", List.of(new Place("URI", I_FRAMES))),
          Map.entry("EXT-X-IMAGE-STREAM-INF", List.of(new Place("URI", I_FRAMES))),
          Map.entry("EXT-X-PART", List.of(new Place("URI", PART))),
          Map.entry("EXT-X-PRELOAD-HINT", List.of(new Place("URI", HINT))),
          Map.entry("EXT-X-MAP", List.of(new Place("URI", MAP))),
          Map.entry("EXT-X-KEY", List.of(new Place("URI", KEY))),
          Map.entry("EXT-X-SESSION-KEY", List.of(new Place("URI", KEY))),
          Map.entry("EXT-X-RENDITION-REPORT", List.of(new Place("URI", REPORT))),
          Map.entry("EXT-X-SESSION-DATA", List.of(new Place("URI", SESSION_DATA))),
          Map.entry("EXT-X-CONTENT-STEERING", List.of(new Place("SERVER-URI", STEERING))),
          Map.entry(
              "EXT-X-DATERANGE",
              List.of(
                  new Place("X-ASSET-URI", INTERSTITIAL),
                  new Place("X-ASSET-LIST", INTERSTITIAL))));

  /** The attributes of a tag that hold addresses. */
  static List<Place> places(String tag) {
    return PLACES.getOrDefault(tag, List.of());
  }
}
