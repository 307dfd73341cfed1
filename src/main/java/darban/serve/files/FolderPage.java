package darban.serve.files;

import darban.base.ByteSize;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The listing of a folder as a page: folders first, then files, by name. */
final class FolderPage {
  private static final int MOST = 10_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private FolderPage() {}

  /** One line. */
  private record Entry(String name, boolean folder, long size, String modified) {}

  /**
   * The page.
   *
   * @param path of the folder as the client sees it, decoded
   * @param top whether there is nothing above it to go to
   */
  static String of(Path folder, String path, boolean top) throws IOException {
    StringBuilder html = new StringBuilder(4096);
    String title = escaped(path.isEmpty() ? "/" : path);
    html.append(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <title>%s</title>
        <style>
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        table { width: 100%%; border-collapse: collapse }
        td, th { padding: .3rem .5rem; text-align: start; border-bottom: 1px solid #8884 }
        td:nth-child(n+2), th:nth-child(n+2) { white-space: nowrap; opacity: .75 }
        a { overflow-wrap: anywhere }
        </style></head><body>
        <h1>%s</h1>
        <table><thead><tr><th>Name</th><th>Size</th><th>Modified (UTC)</th></tr></thead><tbody>
        """
            .formatted(title, title));
    if (!top) {
      html.append("<tr><td><a href=\"../\">..</a></td><td></td><td></td></tr>\n");
    }
    for (Entry entry : entries(folder)) {
      String slash = entry.folder() ? "/" : "";
      html.append("<tr><td><a href=\"./")
          .append(encoded(entry.name()))
          .append(slash)
          .append("\">")
          .append(escaped(entry.name()))
          .append(slash)
          .append("</a></td><td>")
          .append(entry.folder() ? "" : ByteSize.format(entry.size()))
          .append("</td><td>")
          .append(entry.modified())
          .append("</td></tr>\n");
    }
    return html.append("</tbody></table></body></html>\n").toString();
  }

  private static List<Entry> entries(Path folder) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : (Iterable<Path>) paths.limit(MOST)::iterator) {
        String name = Objects.requireNonNull(path.getFileName()).toString();
        if (name.startsWith(".") || !Files.exists(path)) {
          continue;
        }
        BasicFileAttributes facts = Files.readAttributes(path, BasicFileAttributes.class);
        entries.add(
            new Entry(
                name,
                facts.isDirectory(),
                facts.size(),
                TIME.format(facts.lastModifiedTime().toInstant())));
      }
    }
    entries.sort(
        Comparator.comparing((Entry each) -> !each.folder())
            .thenComparing(Entry::name, String.CASE_INSENSITIVE_ORDER));
    return entries;
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
