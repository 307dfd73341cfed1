package darban.serve.files;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.OpenFile;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.MediaType;
import darban.http.Method;
import darban.http.Paths;
import darban.http.RequestHead;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/** Serves files of one folder. Stateless, any event loop; the disk is touched on worker threads. */
public final class FileServer implements Endpoint {
  private final Path root;
  private final String stripped;
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
    this.root = root.toAbsolutePath().normalize();
    this.stripped = stripped;
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
    /**
     * A file, open.
     *
     * @param modified in whole seconds
     */
    record Open(OpenFile file, String name, long size, Instant modified, Etag etag)
        implements Found {}

    /** Another place to go to. */
    record Moved(String location) implements Found {}

    /** A folder's listing as a page. */
    record Listing(String page) implements Found {}
  }

  private static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "no such file");
  }

  private Found find(RequestHead head) {
    String path = head.routingPath();
    String inside = path.startsWith(stripped) ? path.substring(stripped.length()) : path;
    String decoded = Paths.decoded(inside).orElseThrow(FileServer::notFound);
    Path file = root;
    for (String name : decoded.split("/")) {
      boolean hidden = name.startsWith(".") && !name.equals(".well-known");
      if (hidden || name.indexOf('\0') >= 0) {
        throw notFound();
      }
      file = file.resolve(name);
    }
    try {
      if (!file.toRealPath().startsWith(root.toRealPath())) {
        throw notFound();
      }
      return Files.isDirectory(file) ? folder(head, file, decoded) : open(file, decoded);
    } catch (NoSuchFileException gone) {
      throw notFound();
    } catch (IOException unreadable) {
      throw Failure.of(Kind.FORBIDDEN, "file not readable", unreadable)
          .detailed(unreadable.toString());
    }
  }

  private Found folder(RequestHead head, Path folder, String decoded) throws IOException {
    if (!decoded.isEmpty() && !decoded.endsWith("/")) {
      String query = head.target().query();
      String location = head.target().pathOnly() + "/" + (query == null ? "" : "?" + query);
      // Two slashes at the start would name another host.
      return new Found.Moved(location.replaceFirst("^/{2,}", "/"));
    }
    for (String name : indexNames) {
      Path index = folder.resolve(name);
      if (Files.isRegularFile(index) && index.toRealPath().startsWith(root.toRealPath())) {
        return open(index, "");
      }
    }
    if (!browse) {
      throw notFound();
    }
    return new Found.Listing(FolderPage.of(folder, decoded, folder.equals(root)));
  }

  private static Found open(Path file, String decoded) throws IOException {
    if (decoded.endsWith("/")) {
      throw notFound();
    }
    OpenFile opened = OpenFile.open(file);
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      if (!facts.isRegularFile()) {
        throw new NoSuchFileException(file.toString());
      }
      Instant modified = facts.lastModifiedTime().toInstant();
      String tag =
          Long.toHexString(modified.getEpochSecond() * 1_000_000_000 + modified.getNano())
              + "-"
              + Long.toHexString(facts.size());
      return new Found.Open(
          opened,
          Objects.requireNonNull(file.getFileName()).toString(),
          opened.size(),
          modified.truncatedTo(ChronoUnit.SECONDS),
          new Etag(false, tag));
    } catch (IOException e) {
      opened.release();
      throw e;
    }
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
      case Found.Open file -> file(exchange, file);
    };
  }

  private static Reply file(Exchange exchange, Found.Open file) {
    Fields fields =
        Fields.builder(8)
            .add(FieldName.ACCEPT_RANGES, "bytes")
            .add(FieldName.ETAG, file.etag().toString())
            .add(FieldName.LAST_MODIFIED, HttpDate.format(file.modified()))
            .add(FieldName.CONTENT_TYPE, MediaType.ofFile(file.name()))
            .build();
    Reply reply =
        new Representation(fields, file.size(), file.etag(), file.modified())
            .answer(
                exchange,
                exchange.request(),
                (from, to) -> new Body.File(new FileSlice(file.file().retain(), from, to - from)));
    // Its parts hold it now.
    file.file().release();
    return reply;
  }
}
