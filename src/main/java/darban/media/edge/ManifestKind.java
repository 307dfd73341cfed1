package darban.media.edge;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which manifest an answer is, by its media type, or by its name where the type says nothing. */
public enum ManifestKind {
  HLS(
      ".m3u8",
      Set.of(
          "application/vnd.apple.mpegurl",
          "application/x-mpegurl",
          "application/mpegurl",
          "audio/mpegurl",
          "audio/x-mpegurl")),
  DASH(".mpd", Set.of("application/dash+xml", "video/vnd.mpeg.dash.mpd"));

  private static final Set<String> SAY_NOTHING =
      Set.of(
          "",
          "text/plain",
          "text/xml",
          "application/xml",
          "application/octet-stream",
          "binary/octet-stream");

  private final String ending;
  private final Set<String> types;

  ManifestKind(String ending, Set<String> types) {
    this.ending = ending;
    this.types = types;
  }

  /** The kind of an answer with that Content-Type to a request for {@code path}. */
  public static Optional<ManifestKind> of(@Nullable String contentType, String path) {
    String type = bare(contentType == null ? "" : contentType);
    for (ManifestKind each : values()) {
      if (each.types.contains(type)) {
        return Optional.of(each);
      }
    }
    return SAY_NOTHING.contains(type) ? ofPath(path) : Optional.empty();
  }

  /** The kind that the name of a file tells. */
  public static Optional<ManifestKind> ofPath(String path) {
    for (ManifestKind each : values()) {
      int start = path.length() - each.ending.length();
      if (start >= 0 && path.regionMatches(true, start, each.ending, 0, each.ending.length())) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  private static String bare(String type) {
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }
}
