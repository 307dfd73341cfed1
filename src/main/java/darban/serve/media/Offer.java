package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Representation;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.recording.Recording;
import darban.serve.Folder;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Something made of a film, as it is answered. Immutable; what it takes to make one is for worker
 * threads.
 *
 * @param type of the content
 * @param etag of the content
 * @param caching how long caches may keep it
 * @param pieces the content, of the film's file
 */
record Offer(String type, Etag etag, String caching, Pieces pieces) {
  /** Segments change only with their file, whose name is the same then. */
  private static final String SEGMENTS = "public, max-age=3600";

  private static final String OTHERS = "public, no-cache";

  /** Differs wherever the same file is written otherwise than before. */
  private static final int VERSION = 1;

  private static final Set<String> MOVIES = Set.of("mp4", "m4v", "m4a", "mov", "3gp");

  /** Whether a file of that name is likely to be a film. */
  static boolean isMovie(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && MOVIES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /** Whether what is found under a name has to do with subtitles. */
  static boolean tellsTexts(String name) {
    return name.startsWith("index.") || name.startsWith("s");
  }

  /** What is said of a file that is no film. */
  static Failure unplayable(String why) {
    return Failure.of(Kind.UNPLAYABLE, "this file cannot be played: " + why);
  }

  /**
   * What a film has under a name.
   *
   * @param file of the film's file
   */
  static Offer of(Film film, String name, Etag file, LibraryConfig config) {
    Film.Playable playable =
        switch (film) {
          case Film.Broken(Film.Stamp stamp, String why) -> throw unplayable(why);
          case Film.Playable known -> known;
        };
    try {
      Recording.Answer answer =
          inner(name).flatMap(playable.recording()::answer).orElseThrow(Folder::notFound);
      boolean texts = tellsTexts(name);
      String tag = file.opaque() + "-" + VERSION + "-" + config.segment().toMillis();
      String told = "-" + Integer.toHexString(playable.stamp().texts().hashCode());
      return new Offer(
          answer.mediaType(),
          new Etag(false, texts ? tag + told : tag),
          name.indexOf('/') >= 0 && !texts ? SEGMENTS : OTHERS,
          answer.pieces());
    } catch (MalformedMedia wrong) {
      throw unplayable(wrong.getMessage());
    }
  }

  /** The file itself, its head in front. */
  static Offer whole(Film.Playable film, String type, Etag file) {
    Etag etag = new Etag(false, file.opaque() + "-f" + VERSION);
    return new Offer(type, etag, OTHERS, film.progressive());
  }

  /** The name that the recording knows; everything has one name only. */
  private static Optional<String> inner(String name) {
    return switch (name) {
      case "index.m3u8" -> Optional.of("master.m3u8");
      case "index.mpd" -> Optional.of("manifest.mpd");
      // Old players' segments are not muxed here.
      case "master.m3u8", "manifest.mpd", "ts.m3u8" -> Optional.empty();
      default -> name.endsWith("-ts.m3u8") ? Optional.empty() : Optional.of(name);
    };
  }

  /** For requests that want it whole, in parts, or only if it is another one. */
  Representation representation() {
    Fields fields =
        Fields.builder(8)
            .add(FieldName.CONTENT_TYPE, type)
            .add(FieldName.ETAG, etag.toString())
            .add(FieldName.CACHE_CONTROL, caching)
            .add(FieldName.ACCEPT_RANGES, "bytes")
            .build();
    return new Representation(fields, pieces.length(), etag, null);
  }
}
