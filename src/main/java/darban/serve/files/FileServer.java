package darban.serve.files;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.OpenFile;
import darban.flow.Sequence;
import darban.http.Conditions;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.MediaType;
import darban.http.Method;
import darban.http.Paths;
import darban.http.Ranges;
import darban.http.RequestHead;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
    RequestHead head = exchange.request();
    Instant now = exchange.loop().ticker().now();
    Fields.Builder fields =
        Fields.builder(8)
            .add(FieldName.ACCEPT_RANGES, "bytes")
            .add(FieldName.ETAG, file.etag().toString())
            .add(FieldName.LAST_MODIFIED, HttpDate.format(file.modified()));
    Conditions.Outcome outcome = Conditions.judge(head, file.etag(), file.modified(), now);
    if (outcome != Conditions.Outcome.PROCEED) {
      file.file().release();
      int status = outcome == Conditions.Outcome.NOT_MODIFIED ? 304 : 412;
      return Reply.empty(status, fields.build());
    }
    fields.add(FieldName.CONTENT_TYPE, MediaType.ofFile(file.name()));
    String range = head.fields().get(FieldName.RANGE);
    Optional<List<Ranges.Part>> parts =
        range == null || !Conditions.rangeApplies(head.fields(), file.etag(), file.modified(), now)
            ? Optional.empty()
            : Ranges.parse(range, file.size());
    if (parts.isEmpty()) {
      return new Reply.Message(
          200, fields.build(), new Body.File(new FileSlice(file.file(), 0, file.size())));
    }
    return ranges(exchange, file, parts.get(), fields);
  }

  private static Reply ranges(
      Exchange exchange, Found.Open file, List<Ranges.Part> parts, Fields.Builder fields) {
    if (parts.isEmpty()) {
      file.file().release();
      return Reply.empty(
          416, fields.add(FieldName.CONTENT_RANGE, "bytes */" + file.size()).build());
    }
    if (parts.size() == 1) {
      Ranges.Part part = parts.getFirst();
      fields.add(FieldName.CONTENT_RANGE, part.contentRange(file.size()));
      FileSlice slice = new FileSlice(file.file(), part.first(), part.length());
      return new Reply.Message(206, fields.build(), new Body.File(slice));
    }
    return multipart(exchange, file, parts, fields);
  }

  /** Several parts in one answer (RFC 9110 §14.6). */
  private static Reply multipart(
      Exchange exchange, Found.Open file, List<Ranges.Part> parts, Fields.Builder fields) {
    String boundary = "darban" + Long.toHexString(System.identityHashCode(file) * 0x9E3779B97F4AL);
    String type = MediaType.ofFile(file.name());
    List<Body> bodies = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Ranges.Part part = parts.get(i);
      bodies.add(
          text(
              (i == 0 ? "--" : "\r\n--")
                  + boundary
                  + "\r\nContent-Type: "
                  + type
                  + "\r\nContent-Range: "
                  + part.contentRange(file.size())
                  + "\r\n\r\n"));
      bodies.add(new Body.File(new FileSlice(file.file().retain(), part.first(), part.length())));
    }
    file.file().release();
    bodies.add(text("\r\n--" + boundary + "--\r\n"));
    fields.set(FieldName.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary);
    return new Reply.Message(206, fields.build(), new Sequence(exchange.loop(), bodies));
  }

  private static Body text(String text) {
    return new Body.Bytes(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }
}
