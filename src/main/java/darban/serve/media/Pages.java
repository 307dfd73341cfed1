package darban.serve.media;

import darban.base.ByteSize;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.Fields;
import darban.media.library.MediaInfo;
import darban.media.text.WebVtt;
import darban.serve.Confines;
import darban.serve.Folder;
import darban.serve.Html;
import darban.serve.Page;
import darban.serve.PageFiles;
import darban.serve.PlayerPage;
import darban.serve.Query;
import darban.serve.Shell;
import darban.serve.Words;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A library for people, and the same for programs: see the package for the addresses. Any event
 * loop; pages are made on worker threads.
 */
final class Pages {
  private static final Pattern TEXT = Pattern.compile("s(0|[1-9]\\d{0,2})\\.vtt");

  private final Stock stock;
  private final LibraryConfig config;
  private final String prefix;

  /**
   * Pages of what is in stock.
   *
   * @param prefix of request paths that the library stands for, without a slash at its end
   */
  Pages(Stock stock, LibraryConfig config, String prefix) {
    this.stock = stock;
    this.prefix = prefix;
    this.config = config;
  }

  /** The answer to a request for a path, decoded; null if it is not for pages. */
  @Nullable Future<Reply> answer(Exchange exchange, String inside) {
    if (!inside.startsWith("/") || inside.contains("//")) {
      return null;
    }
    String path = inside.substring(1);
    String name = path.substring(path.lastIndexOf('/') + 1);
    String above = path.substring(0, Math.max(0, path.length() - name.length() - 1));
    Future<Reply> answer = answer(exchange, above, name);
    if (answer != null) {
      // Nobody else's pages may read what a home has.
      exchange.along(Fields.NONE);
    }
    return answer;
  }

  private @Nullable Future<Reply> answer(Exchange exchange, String above, String name) {
    if ((above + "/").endsWith("/" + PageFiles.FOLDER) || (above + "/").equals(PageFiles.FOLDER)) {
      return PageFiles.answer(exchange, name);
    }
    if (name.isEmpty() || name.endsWith(".json")) {
      Reply moved = Confines.moved(exchange, prefix);
      if (moved != null) {
        return Future.succeededFuture(moved);
      }
    }
    boolean film = Item.kindOf(above).isPresent();
    if (name.isEmpty()) {
      return film ? player(exchange, above) : library(exchange, above);
    }
    if (name.equals("~list.json")) {
      return items(exchange, above)
          .compose(
              items -> made(exchange, () -> Page.json(exchange, Told.list(above, items).encode())));
    }
    if (!film) {
      return null;
    }
    return switch (name) {
      case "item.json" ->
          stock
              .about(exchange, above)
              .compose(about ->
                  made(exchange, () -> Page.json(exchange, Told.about(about, config).encode())));
      case "poster" -> stock.poster(exchange, above);
      default -> text(exchange, above, name);
    };
  }

  private static Future<Reply> made(Exchange exchange, Callable<Page> page) {
    return exchange
        .loop()
        .context()
        .executeBlocking(page, false)
        .map(made -> Objects.requireNonNull(made).reply());
  }

  /** Subtitles of what is no recording; those of recordings go by its own clock. */
  private @Nullable Future<Reply> text(Exchange exchange, String film, String name) {
    Matcher text = TEXT.matcher(name);
    if (Offer.isMovie(film) || !text.matches()) {
      return null;
    }
    int number = Integer.parseInt(text.group(1));
    return stock
        .about(exchange, film)
        .map(about -> {
          if (number >= about.texts().size()) {
            throw Folder.notFound();
          }
          byte[] bytes = WebVtt.whole(about.texts().get(number).subtitles());
          return Reply.text(
              200, "text/vtt; charset=utf-8", new String(bytes, StandardCharsets.UTF_8));
        });
  }

  // Folders

  private static String query(Exchange exchange) {
    return Query.of(exchange.request()).get("q").strip();
  }

  private Future<List<Item>> items(Exchange exchange, String folder) {
    String query = query(exchange);
    if (query.isEmpty()) {
      return stock.list(exchange, folder);
    }
    Search search = new Search(query);
    return stock.all(exchange, folder).map(items -> items.stream().filter(search::finds).toList());
  }

  private Future<Reply> library(Exchange exchange, String folder) {
    return items(exchange, folder)
        .compose(items ->
            made(
                exchange,
                () ->
                    Page.html(
                        exchange,
                        LibraryPage.of(shell(exchange, folder), folder, query(exchange), items))));
  }

  private static Shell shell(Exchange exchange, String path) {
    int depth = path.isEmpty() ? 0 : path.split("/").length;
    return new Shell(Words.of(exchange.request()), Confines.depth(exchange, depth));
  }

  // Films

  private Future<Reply> player(Exchange exchange, String path) {
    Shell shell = shell(exchange, path);
    return stock
        .about(exchange, path)
        .compose(about ->
            beside(exchange, about.item(), shell)
                .compose(others ->
                    made(
                        exchange,
                        () ->
                            Page.html(
                                exchange,
                                PlayerPage.of(shell, show(about, others, shell.depth() == 0))))))
        .recover(why ->
            // A folder may be called like a film.
            Failure.from(why).kind() == Kind.NOT_FOUND
                ? library(exchange, path)
                : Future.failedFuture(why));
  }

  /** What is in the folder of a film; nothing where its folder is not for this reader. */
  private Future<List<Item>> beside(Exchange exchange, Item item, Shell shell) {
    return shell.depth() == 0
        ? Future.succeededFuture(List.of())
        : stock.list(exchange, item.parent());
  }

  private PlayerPage.Show show(Stock.About about, List<Item> others, boolean alone) {
    Item item = about.item();
    boolean streamed = Offer.isMovie(item.name()) && about.info().isPresent();
    return new PlayerPage.Show(
        item.title(),
        about.info().map(MediaInfo::hasPictures).orElse(item.kind() == Item.Kind.VIDEO),
        new PlayerPage.Sources(
            streamed ? "index.m3u8" : "",
            streamed && config.key().isEmpty() ? "index.mpd" : "",
            config.hides(item.name()) || alone ? "" : "../" + Html.encoded(item.name()),
            about.info().map(MediaInfo::mediaType).orElse(""),
            false),
        alone ? new PlayerPage.Around("", "", "", "poster") : around(item, others),
        notes(about));
  }

  private static PlayerPage.Around around(Item item, List<Item> others) {
    List<Item> films = others.stream().filter(each -> !each.isFolder()).toList();
    int at = -1;
    for (int i = 0; i < films.size(); i++) {
      at = films.get(i).path().equals(item.path()) ? i : at;
    }
    return new PlayerPage.Around(
        "../", near(films, at < 0 ? -1 : at - 1), near(films, at < 0 ? -1 : at + 1), "poster");
  }

  private static String near(List<Item> films, int at) {
    return at < 0 || at >= films.size()
        ? ""
        : "../" + films.get(at).href(films.get(at).parent()).substring(2);
  }

  private static PlayerPage.Notes notes(Stock.About about) {
    List<PlayerPage.Text> texts = new ArrayList<>();
    for (int i = 0; i < about.texts().size(); i++) {
      var text = about.texts().get(i);
      texts.add(new PlayerPage.Text("s" + i + ".vtt", text.language(), text.name()));
    }
    List<PlayerPage.Chapter> chapters = new ArrayList<>();
    List<String> facts = new ArrayList<>();
    facts.add(about.item().path());
    if (about.item().size() >= 0) {
      facts.add(ByteSize.format(about.item().size()));
    }
    about
        .info()
        .ifPresent(info -> {
          info.chapters()
              .forEach(each -> chapters.add(new PlayerPage.Chapter(each.start(), each.title())));
          info.tracks().forEach(each -> Told.line(each).ifPresent(facts::add));
        });
    return new PlayerPage.Notes(about.item().path(), about.wrong(), texts, chapters, facts);
  }
}
