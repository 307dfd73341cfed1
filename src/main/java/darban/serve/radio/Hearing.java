package darban.serve.radio;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.media.radio.OggPages;
import darban.media.radio.StationList;
import darban.radio.Mount;
import darban.radio.Radio;
import java.util.Map;
import java.util.function.BinaryOperator;

/** What listeners get: sound, or a little file that opens it in a player. One per event loop. */
final class Hearing {
  private static final FieldName WANTS_TITLES = FieldName.of("Icy-MetaData");
  private static final FieldName INTERVAL = FieldName.of("icy-metaint");

  /** Endings of mounts' paths for little files: their types, and what writes them. */
  private record Format(String type, BinaryOperator<String> writer) {}

  private static final Map<String, Format> LISTS =
      Map.of(
          ".m3u", new Format("audio/x-mpegurl", StationList::m3u),
          ".pls", new Format("audio/x-scpls", StationList::pls),
          ".xspf", new Format("application/xspf+xml", StationList::xspf));

  private final Radio radio;

  Hearing(Radio radio) {
    this.radio = radio;
  }

  Reply hear(Exchange exchange, String path) {
    Mount mount = radio.find(path);
    return mount == null ? list(exchange, path) : sound(exchange, mount);
  }

  private Reply sound(Exchange exchange, Mount mount) {
    Fields request = exchange.request().fields();
    // Ogg tells its titles itself.
    boolean titles =
        "1".equals(request.get(WANTS_TITLES)) && !OggPages.isOgg(mount.station().type());
    Fields.Builder fields =
        mount.station().told().toBuilder()
            .add(FieldName.CONTENT_TYPE, mount.station().type())
            .add(FieldName.CACHE_CONTROL, "no-cache, no-store");
    if (titles) {
      fields.add(INTERVAL, Integer.toString(radio.config().hearing().interval()));
    }
    return exchange.request().method() == Method.HEAD
        ? Reply.empty(200, fields.build())
        : new Reply.Message(200, fields.build(), listener(exchange, mount, titles));
  }

  private Body listener(Exchange exchange, Mount mount, boolean titles) {
    return radio.listener(mount, exchange.loop(), titles);
  }

  private Reply list(Exchange exchange, String path) {
    int dot = path.lastIndexOf('.');
    Format format = dot < 0 ? null : LISTS.get(path.substring(dot));
    Mount mount = format == null ? null : radio.find(path.substring(0, dot));
    if (format == null || mount == null) {
      throw RadioServer.notFound();
    }
    String url = exchange.peer().scheme() + "://" + exchange.request().authority() + mount.name();
    String name = mount.station().name();
    return Reply.text(
        200, format.type(), format.writer().apply(name.isEmpty() ? mount.name() : name, url));
  }
}
