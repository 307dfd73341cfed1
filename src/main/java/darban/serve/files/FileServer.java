package darban.serve.files;

import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.serve.Folder;
import darban.serve.FoundFile;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Serves files of one folder. Stateless, any event loop; the disk is touched on worker threads. */
public final class FileServer implements Endpoint {
  private final Folder folder;
  private final boolean browse;
  private final List<String> indexNames;

  /**
   * A server of the files below {@code root}.
   *
   * @param stripped prefix of request paths that the folder stands for, without a slash at its end
   * @param browse whether folders without an index page are listed
   * @param indexNames names of index pages, in the order of preference
   */
  public FileServer(Path root, String stripped, boolean browse, List<String> indexNames) {
    this.folder = new Folder(root, stripped);
    this.browse = browse;
    this.indexNames = List.copyOf(indexNames);
  }

  @Override
  public Future<Reply> serve(Exchange exchange) {
    RequestHead head = exchange.request();
    if (head.method() != Method.GET && head.method() != Method.HEAD) {
      return Future.succeededFuture(notAllowed());
    }
    return exchange
        .loop()
        .context()
        .executeBlocking(() -> find(head), false)
        .map(found -> reply(exchange, Objects.requireNonNull(found)));
  }

  private static Reply notAllowed() {
    Reply.Message text =
        Reply.text(405, "text/plain; charset=utf-8", "405 Method Not Allowed: read only\n");
    return text.withFields(text.fields().toBuilder().add(FieldName.ALLOW, "GET, HEAD").build());
  }

  /** What a path turned out to be. */
  private sealed interface Found {
    /** A file. */
    record Open(FoundFile file) implements Found {}

    /** Another place to go to. */
    record Moved(String location) implements Found {}

    /** A folder's listing as a page. */
    record Listing(String page) implements Found {}
  }

  private Found find(RequestHead head) {
    String inside = folder.inside(head);
    Path file = folder.place(inside);
    try {
      if (!folder.holds(file)) {
        throw Folder.notFound();
      }
      return Files.isDirectory(file) ? listed(head, file, inside) : open(file, inside);
    } catch (NoSuchFileException gone) {
      throw Folder.notFound();
    } catch (IOException unreadable) {
      throw Folder.unreadable(unreadable);
    }
  }

  private Found listed(RequestHead head, Path place, String decoded) throws IOException {
    if (!decoded.isEmpty() && !decoded.endsWith("/")) {
      String query = head.target().query();
      String location = head.target().pathOnly() + "/" + (query == null ? "" : "?" + query);
      // Two slashes at the start would name another host.
      return new Found.Moved(location.replaceFirst("^/{2,}", "/"));
    }
    for (String name : indexNames) {
      Path index = place.resolve(name);
      if (Files.isRegularFile(index) && folder.holds(index)) {
        return open(index, "");
      }
    }
    if (!browse) {
      throw Folder.notFound();
    }
    return new Found.Listing(FolderPage.of(place, decoded, folder.isRoot(place)));
  }

  private static Found open(Path file, String decoded) throws IOException {
    if (decoded.endsWith("/")) {
      throw Folder.notFound();
    }
    return new Found.Open(Folder.open(file));
  }

  private static Reply reply(Exchange exchange, Found found) {
    return switch (found) {
      case Found.Moved moved ->
          Reply.empty(308, Fields.builder(2).add(FieldName.LOCATION, moved.location()).build());
      case Found.Listing listing -> {
        Reply.Message page = Reply.text(200, "text/html; charset=utf-8", listing.page());
        yield page.withFields(
            page.fields().toBuilder().add(FieldName.CACHE_CONTROL, "no-cache").build());
      }
      case Found.Open(FoundFile file) -> file.reply(exchange);
    };
  }
}
