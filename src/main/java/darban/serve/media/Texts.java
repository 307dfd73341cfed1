package darban.serve.media;

import darban.media.MalformedMedia;
import darban.media.recording.Recording;
import darban.media.text.Subtitles;
import darban.serve.Folder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The subtitles beside a film: {@code film.srt}, {@code film.fa.srt}, {@code film.pt-BR.vtt}.
 * Worker threads.
 *
 * @param files in the order they are offered
 * @param stamp differs wherever one of them does
 * @param bytes of those that are not too long to be read
 */
record Texts(List<Path> files, String stamp, long bytes) {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final Pattern ENDING =
      Pattern.compile("(?i)(?:\\.([a-z0-9-]{2,35}))?\\.(srt|vtt)");
  private static final int MOST = 64;

  /** Those of a film, as they are now; none that {@code folder} does not hold. */
  static Texts beside(Path film, Folder folder) throws IOException {
    Predicate<String> beside = beside(name(film));
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            Objects.requireNonNull(film.getParent()), each -> beside.test(name(each)))) {
      for (Path each : all) {
        if (Files.isRegularFile(each) && folder.holds(each)) {
          files.add(each);
        }
      }
    }
    files.sort(null);
    files = files.subList(0, Math.min(MOST, files.size()));
    StringBuilder stamp = new StringBuilder();
    long bytes = 0;
    for (Path each : files) {
      BasicFileAttributes facts = Files.readAttributes(each, BasicFileAttributes.class);
      stamp.append(name(each)).append('/').append(facts.size()).append('/');
      stamp.append(facts.lastModifiedTime().toMillis()).append('\n');
      bytes += facts.size() > Subtitles.LONGEST ? 0 : facts.size();
    }
    return new Texts(List.copyOf(files), stamp.toString(), bytes);
  }

  private static String name(Path file) {
    return Objects.requireNonNull(file.getFileName()).toString();
  }

  /** Which names are of files with subtitles of a film of that name, or of all its sizes. */
  static Predicate<String> beside(String film) {
    List<String> stems = stems(film);
    return name -> ending(name, stems).isPresent();
  }

  private static List<String> stems(String film) {
    int dot = film.lastIndexOf('.');
    String own = dot > 0 ? film.substring(0, dot) : film;
    return Rendition.of(film)
        .map(Rendition::stem)
        .filter(all -> !all.isEmpty())
        .map(all -> List.of(own, all))
        .orElseGet(() -> List.of(own));
  }

  private static Optional<Matcher> ending(String name, List<String> stems) {
    // A folder has a thousand names, and nearly all are of other films.
    for (String stem : stems) {
      if (name.startsWith(stem)) {
        Matcher ending = ENDING.matcher(name.substring(stem.length()));
        if (ending.matches()) {
          return Optional.of(ending);
        }
      }
    }
    return Optional.empty();
  }

  /** What is in them. A file that holds no subtitles is left out, and told of. */
  List<Recording.Text> read(Path film) throws IOException {
    List<Recording.Text> texts = new ArrayList<>();
    for (Path each : files) {
      if (Files.size(each) > Subtitles.LONGEST) {
        leftOut(name(each), "it is too long for subtitles");
      } else {
        read(name(each), name(film), Files.readAllBytes(each)).ifPresent(texts::add);
      }
    }
    return texts;
  }

  /** What is in one of them. */
  static Optional<Recording.Text> read(String name, String film, byte[] bytes) {
    String language = ending(name, stems(film)).map(ending -> ending.group(1)).orElse("");
    try {
      return Optional.of(new Recording.Text(language, label(language), Subtitles.read(bytes)));
    } catch (MalformedMedia wrong) {
      leftOut(name, String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }

  private static void leftOut(String name, String why) {
    LOG.log(Level.WARNING, "subtitles " + name + " are left out: " + why);
  }

  /** The language's own name for itself, such as فارسی. */
  private static String label(String language) {
    Locale locale = Locale.forLanguageTag(language);
    String name = locale.getDisplayName(locale);
    return language.isEmpty() ? "Subtitles" : name.isEmpty() ? language : name;
  }
}
