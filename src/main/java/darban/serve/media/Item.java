package darban.serve.media;

import darban.serve.Html;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that a library has. Immutable, any thread.
 *
 * @param kind what it is
 * @param path from the library's root, decoded, without a slash at its beginning and end
 * @param size in bytes; -1 if not known
 * @param modified when it was last changed, in milliseconds of the epoch; -1 if not known
 * @param millis how long it is; -1 if not known
 */
record Item(Kind kind, String path, long size, long modified, long millis) {
  /** What there is. */
  enum Kind {
    FOLDER,
    VIDEO,
    SOUND
  }

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("mp4", Kind.VIDEO),
          Map.entry("m4v", Kind.VIDEO),
          Map.entry("mov", Kind.VIDEO),
          Map.entry("3gp", Kind.VIDEO),
          Map.entry("mkv", Kind.VIDEO),
          Map.entry("webm", Kind.VIDEO),
          Map.entry("m4a", Kind.SOUND),
          Map.entry("mp3", Kind.SOUND),
          Map.entry("flac", Kind.SOUND),
          Map.entry("ogg", Kind.SOUND),
          Map.entry("oga", Kind.SOUND),
          Map.entry("opus", Kind.SOUND),
          Map.entry("wav", Kind.SOUND));

  /** What a file of that name is; empty if it is nothing to play. */
  static Optional<Kind> kindOf(String name) {
    int dot = name.lastIndexOf('.');
    String ending = dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
    return Optional.ofNullable(KINDS.get(ending));
  }

  /** A folder. */
  static Item folder(String path) {
    return new Item(Kind.FOLDER, path, -1, -1, -1);
  }

  /** Whether it is one. */
  boolean isFolder() {
    return kind == Kind.FOLDER;
  }

  /** Its name in the folder that it is in. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder that it is in; empty for the library's root. */
  String parent() {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** What people call it: its name without the ending, in words. */
  String title() {
    String name = name();
    if (!isFolder()) {
      String bare = name.substring(0, name.lastIndexOf('.'));
      String folder = parent().substring(parent().lastIndexOf('/') + 1);
      name =
          Rendition.of(name)
              .map(each -> each.stem().isEmpty() ? folder : each.stem())
              .filter(each -> !each.isEmpty())
              .orElse(bare);
    }
    String words = name.replace('_', ' ');
    return words.indexOf(' ') < 0 ? words.replace('.', ' ').strip() : words.strip();
  }

  /** The address of its page from the page of {@code folder}, which it is below. */
  String href(String folder) {
    String below = folder.isEmpty() ? path : path.substring(folder.length() + 1);
    StringBuilder address = new StringBuilder("./");
    for (String each : below.split("/")) {
      address.append(Html.encoded(each)).append('/');
    }
    return address.toString();
  }

  /** As {@link #href}, of its picture. */
  String poster(String folder) {
    return href(folder) + "poster" + (modified < 0 ? "" : "?v=" + Long.toHexString(modified));
  }
}
