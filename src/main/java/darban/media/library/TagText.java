package darban.media.library;

import darban.media.Cursor;
import darban.media.Span;
import darban.media.Tags;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what a file says about itself. Confined to one thread. */
final class TagText {
  private static final Map<String, String> SAME =
      Map.of(
          "tracknumber", "track",
          "part_number", "track",
          "albumartist", "album_artist",
          "year", "date",
          "date_released", "date",
          "description", "comment");
  private static final int COMMENTS = 1000;

  private final Map<String, String> texts = new HashMap<>();
  private Tags.@Nullable Cover cover;

  /** A text; the first of a name counts. */
  void put(String name, String text) {
    String lower = name.toLowerCase(Locale.ROOT);
    String clean = text.replace("\0", "").strip();
    if (!clean.isEmpty() && texts.size() < Tags.MOST && lower.length() < 64) {
      texts.putIfAbsent(
          SAME.getOrDefault(lower, lower),
          clean.substring(0, Math.min(clean.length(), Tags.LONGEST)));
    }
  }

  /** A picture; the first counts. */
  void cover(long offset, long length, String mediaType) {
    if (cover == null && length > 0 && mediaType.startsWith("image/")) {
      cover = new Tags.Cover(new Span(offset, length), mediaType);
    }
  }

  /**
   * Comments of Vorbis, as FLAC, Vorbis and Opus have them; what is not all here ends them.
   * Pictures within them are passed over: they are not in the file as they are.
   */
  void vorbisComments(Cursor in) {
    in.skip(Math.min(in.le32(), in.remaining()));
    if (in.remaining() < 4) {
      return;
    }
    long count = Math.min(in.le32(), COMMENTS);
    for (long i = 0; i < count && in.remaining() >= 4; i++) {
      long length = in.le32();
      if (length > in.remaining()) {
        return;
      }
      Cursor comment = in.part(length, "comment");
      String text = comment.text((int) Math.min(length, 2L * Tags.LONGEST), StandardCharsets.UTF_8);
      int equals = text.indexOf('=');
      if (equals > 0 && !text.regionMatches(true, 0, "METADATA_BLOCK_PICTURE", 0, 22)) {
        put(text.substring(0, equals), text.substring(equals + 1));
      }
    }
  }

  Tags tags() {
    return new Tags(texts, Optional.ofNullable(cover));
  }
}
