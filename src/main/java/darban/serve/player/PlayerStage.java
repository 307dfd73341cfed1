package darban.serve.player;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.Paths;
import darban.http.RequestHead;
import darban.media.edge.ManifestKind;
import darban.observe.Timeline;
import darban.serve.Page;
import darban.serve.PageFiles;
import darban.serve.PlayerPage;
import darban.serve.Shell;
import darban.serve.Words;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** See the package. Stateless, any event loop. */
final class PlayerStage implements Stage {
  private static final FieldName DESTINATION = FieldName.of("Sec-Fetch-Dest");
  private static final Set<String> PAGES = Set.of("document", "iframe", "frame");

  /** What would be said of the page, not of the playlist. */
  private static final Set<FieldName> OF_THE_PAGE =
      Set.of(
          FieldName.ACCEPT,
          FieldName.RANGE,
          FieldName.IF_RANGE,
          FieldName.IF_MATCH,
          FieldName.IF_NONE_MATCH,
          FieldName.IF_MODIFIED_SINCE,
          FieldName.IF_UNMODIFIED_SINCE);

  private final PlayerConfig config;

  PlayerStage(PlayerConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    RequestHead head = exchange.request();
    if (head.method() != Method.GET && head.method() != Method.HEAD) {
      return next.serve(exchange);
    }
    String path = head.target().pathOnly();
    String name = path.substring(path.lastIndexOf('/') + 1);
    String folder = path.substring(0, path.length() - name.length());
    if (folder.endsWith("/" + PageFiles.FOLDER) && PageFiles.isOwn(exchange, name)) {
      return PageFiles.answer(exchange, name);
    }
    String playlist = name.isEmpty() ? config.folder().orElse("") : name;
    if (ManifestKind.ofPath(playlist).filter(kind -> kind == ManifestKind.HLS).isEmpty()) {
      return next.serve(exchange);
    }
    return head.method() == Method.GET && goes(head.fields())
        ? shown(exchange, next, folder, playlist)
        : next.serve(exchange).map(PlayerStage::varying);
  }

  /** Whether it is a browser that goes there, and no player, nor a script of a page. */
  private static boolean goes(Fields fields) {
    String destination = fields.get(DESTINATION);
    String accepted = fields.joined(FieldName.ACCEPT);
    return destination != null
        ? PAGES.contains(destination)
        : accepted != null && accepted.contains("text/html");
  }

  private Future<Reply> shown(Exchange exchange, Endpoint next, String folder, String playlist) {
    RequestHead head = exchange.request();
    String query = kept(head.target().query());
    String address = playlist + (query.isEmpty() ? "" : "?" + query);
    Fields fields = head.fields().filtered(name -> !OF_THE_PAGE.contains(name)).build();
    Timeline timeline = new Timeline(exchange.loop().nanos());
    Exchange own =
        Exchange.background(
            exchange, head.withPath(folder + address).withFields(fields), timeline, any -> {});
    exchange.onCancel(own::abandon);
    boolean named = !head.target().pathOnly().endsWith("/");
    return next.serve(own)
        .compose(
            reply -> {
              if (isPlaylist(reply, playlist)) {
                reply.discard(Failure.of(Kind.CLIENT_GONE, "a page is sent in its place"));
                return page(exchange, folder, address, query);
              }
              if (named) {
                return Future.succeededFuture(reply);
              }
              reply.discard(Failure.of(Kind.CLIENT_GONE, "the folder is the origin's"));
              return next.serve(exchange);
            },
            why -> named ? Future.failedFuture(why) : next.serve(exchange))
        .map(PlayerStage::varying);
  }

  private static boolean isPlaylist(Reply reply, String name) {
    return reply.status() == 200
        && ManifestKind.of(reply.fields().get(FieldName.CONTENT_TYPE), name)
            .filter(kind -> kind == ManifestKind.HLS)
            .isPresent();
  }

  /** The query without the choice of a language, which is for the page. */
  private static String kept(@Nullable String query) {
    return query == null
        ? ""
        : Arrays.stream(query.split("&"))
            .filter(each -> !each.startsWith("lang="))
            .collect(Collectors.joining("&"));
  }

  private static Future<Reply> page(
      Exchange exchange, String folder, String address, String query) {
    String[] names = folder.split("/");
    String last = names.length == 0 ? "" : names[names.length - 1];
    Words words = Words.of(exchange.request());
    String title = last.isEmpty() ? words.say("live") : Paths.decoded(last).orElse(last);
    // It is of this site only, unlike what players get.
    exchange.along(Fields.NONE);
    PlayerPage.Show show =
        new PlayerPage.Show(
            title,
            true,
            new PlayerPage.Sources("./" + address, "", "", "", true),
            new PlayerPage.Around("", "", "", ""),
            new PlayerPage.Notes(folder, "", List.of(), List.of(), List.of()));
    return exchange
        .loop()
        .context()
        .executeBlocking(
            () -> Page.html(exchange, PlayerPage.of(new Shell(words, 0, query), show)), false)
        .map(page -> Objects.requireNonNull(page).reply());
  }

  /** Caches on the way must not give players the page, nor browsers the playlist. */
  private static Reply varying(Reply reply) {
    Fields.Builder fields = reply.fields().toBuilder();
    return reply.withFields(fields.add(FieldName.VARY, "Sec-Fetch-Dest, Accept").build());
  }
}
