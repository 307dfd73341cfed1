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
 */
record Texts(List<Path> files, String stamp) {
  private static final Logger LOG = Logger.getLogger("darban");
  private static final Pattern ENDING =
      Pattern.compile("(?i)(?:\\.([a-z0-9-]{2,35}))?\\.(srt|vtt)");
  private static final int MOST = 64;

  /** Those of a film, as they are now; none that {@code folder} does not hold. */
  static Texts beside(Path film, Folder folder) throws IOException {
    String stem = stem(film);
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            Objects.requireNonNull(film.getParent()),
            each -> name(each).startsWith(stem) && ending(each, stem).matches())) {
      for (Path each : all) {
        if (Files.isRegularFile(each) && folder.holds(each)) {
          files.add(each);
        }
      }
    }
    files.sort(null);
    files = files.subList(0, Math.min(MOST, files.size()));
    StringBuilder stamp = new StringBuilder();
    for (Path each : files) {
      BasicFileAttributes facts = Files.readAttributes(each, BasicFileAttributes.class);
      stamp.append(name(each)).append('/').append(facts.size()).append('/');
      stamp.append(facts.lastModifiedTime().toMillis()).append('\n');
    }
    return new Texts(List.copyOf(files), stamp.toString());
  }

  private static String name(Path file) {
    return Objects.requireNonNull(file.getFileName()).toString();
  }

  private static String stem(Path film) {
    String name = name(film);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static Matcher ending(Path file, String stem) {
    return ENDING.matcher(name(file).substring(stem.length()));
  }

  /** What is in them. A file that holds no subtitles is left out, and told of. */
  List<Recording.Text> read(Path film) throws IOException {
    List<Recording.Text> texts = new ArrayList<>();
    for (Path each : files) {
      Matcher ending = ending(each, stem(film));
      String language = ending.matches() && ending.group(1) != null ? ending.group(1) : "";
      try {
        if (Files.size(each) > Subtitles.LONGEST) {
          throw new MalformedMedia("it is too long for subtitles");
        }
        Subtitles subtitles = Subtitles.read(Files.readAllBytes(each));
        texts.add(new Recording.Text(language, label(language), subtitles));
      } catch (MalformedMedia wrong) {
        LOG.log(Level.WARNING, "subtitles " + each + " are left out: " + wrong.getMessage());
      }
    }
    return texts;
  }

  /** The language's own name for itself, such as فارسی. */
  private static String label(String language) {
    Locale locale = Locale.forLanguageTag(language);
    String name = locale.getDisplayName(locale);
    return language.isEmpty() ? "Subtitles" : name.isEmpty() ? language : name;
  }
}
