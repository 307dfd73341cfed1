package darban.serve.media;

import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.media.recording.Recording;
import darban.serve.Folder;
import darban.serve.FolderPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Pages for people: lists of folders, and a page for each film that plays it by the browser's own
 * means. Worker threads.
 */
final class Pages {
  private final Folder folder;

  /** Pages of a folder. */
  Pages(Folder folder) {
    this.folder = folder;
  }

  /** What there is to answer; made on the event loop. */
  interface Page {
    /** The answer. */
    Reply reply();
  }

  /** The page under a path; empty if there is none. */
  Optional<Page> find(RequestHead head, String inside) throws IOException {
    Path place = folder.place(inside);
    boolean page = inside.endsWith("/");
    if (Files.isDirectory(place) && folder.holds(place)) {
      return Optional.of(page ? listing(place, inside) : moved(head));
    }
    String name = String.valueOf(place.getFileName());
    return page && Offer.isMovie(name) && Files.isRegularFile(place) && folder.holds(place)
        ? Optional.of(player(place, name))
        : Optional.empty();
  }

  private static Page moved(RequestHead head) {
    Fields fields = Fields.builder(2).add(FieldName.LOCATION, Folder.withSlash(head)).build();
    return () -> Reply.empty(308, fields);
  }

  private Page listing(Path place, String inside) throws IOException {
    return html(FolderPage.of(place, inside, folder.isRoot(place), Offer::isMovie));
  }

  private Page player(Path film, String name) throws IOException {
    List<Recording.Text> texts = Texts.beside(film, folder).read(film);
    StringBuilder tracks = new StringBuilder();
    for (int i = 0; i < texts.size(); i++) {
      tracks.append(
          "<track kind=\"subtitles\" src=\"s%d.vtt\" srclang=\"%s\" label=\"%s\">\n"
              .formatted(
                  i,
                  FolderPage.escaped(texts.get(i).language()),
                  FolderPage.escaped(texts.get(i).name())));
    }
    String title = FolderPage.escaped(name);
    String link = FolderPage.encoded(name);
    return html(player(title, link, tracks.toString()));
  }

  private static String player(String title, String link, String tracks) {
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <title>%s</title>
    <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
    body { max-width: 75rem; margin: 1rem auto; padding: 0 1rem }
    h1 { font-size: 1.2rem; overflow-wrap: anywhere }
    video { width: 100%%; max-height: 80vh; background: #000 }
    </style></head><body>
    <h1>%s</h1>
    <video controls preload="metadata">
    <source src="../%s" type="video/mp4">
    <source src="index.m3u8" type="application/vnd.apple.mpegurl">
    %s</video>
    <p><a href="../">Back</a> · <a href="../%s" download>File</a>
    · <a href="index.m3u8">HLS</a> · <a href="index.mpd">DASH</a></p>
    </body></html>
    """
        .formatted(title, title, link, tracks, link);
  }

  private static Page html(String text) {
    return () -> {
      Reply.Message page = Reply.text(200, "text/html; charset=utf-8", text);
      return page.withFields(
          page.fields().toBuilder().add(FieldName.CACHE_CONTROL, "no-cache").build());
    };
  }
}
