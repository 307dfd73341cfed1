package darban.serve.live;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.live.Showing;
import darban.serve.Confines;
import darban.serve.Folder;
import darban.serve.Page;
import darban.serve.PageFiles;
import darban.serve.PlayerPage;
import darban.serve.Shell;
import darban.serve.Words;
import darban.serve.live.LiveOrigin.Place;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people do: they open a page that plays a stream. One per event loop. */
final class Watching {
  private final Hub hub;
  private final String folder;

  /** The streams of {@code hub}, named by what follows {@code folder} in paths. */
  Watching(Hub hub, String folder) {
    this.hub = hub;
    this.folder = folder;
  }

  /** A page, or what belongs to it; null if something else is asked for. */
  @Nullable Future<Reply> answer(Exchange exchange, Place place) {
    if (PageFiles.FOLDER.equals(place.stream() + "/")) {
      return PageFiles.answer(exchange, place.file());
    }
    if (place.file().startsWith(PageFiles.FOLDER)) {
      return PageFiles.answer(exchange, place.file().substring(PageFiles.FOLDER.length()));
    }
    LiveStream stream =
        place.file().isEmpty() ? hub.wanted(place.stream(), exchange.loop().nanos()) : null;
    if (stream != null) {
      Reply moved = Confines.moved(exchange, folder);
      if (moved != null) {
        return Future.succeededFuture(moved);
      }
      // It is of this site only, unlike what players get.
      exchange.along(Fields.NONE);
      return Future.succeededFuture(Page.html(exchange, page(exchange, stream)).reply());
    }
    if (place.stream().isEmpty() && hub.find("") == null && hub.find(place.file()) != null) {
      String location = Folder.withSlash(exchange.request());
      Fields fields = Fields.builder(2).add(FieldName.LOCATION, location).build();
      // It may be the name of a file another time.
      return Future.succeededFuture(Reply.empty(307, fields));
    }
    return null;
  }

  private static String page(Exchange exchange, LiveStream stream) {
    String name = stream.name();
    Words words = Words.of(exchange.request());
    Shell shell = new Shell(words, Confines.depth(exchange, name.isEmpty() ? 0 : 1));
    Instant now = exchange.loop().ticker().now();
    String hls = list(stream, "index.m3u8", now);
    String dash = list(stream, "index.mpd", now);
    // One with neither may have both when its publisher is back.
    boolean dashOnly = hls.isEmpty() && !dash.isEmpty();
    return PlayerPage.of(
        shell,
        new PlayerPage.Show(
            name.isEmpty() ? words.say("live") : name,
            true,
            new PlayerPage.Sources(dashOnly ? "" : "index.m3u8", dash, "", "", true),
            new PlayerPage.Around("", "", "", ""),
            new PlayerPage.Notes(
                name, dashOnly ? words.say("dashonly") : "", List.of(), List.of(), List.of())));
  }

  private static String list(LiveStream stream, String name, Instant now) {
    return Showing.has(stream, name.substring(name.indexOf('.')), now) ? name : "";
  }
}
