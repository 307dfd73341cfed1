package darban.serve.radio;

import darban.access.Users;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.media.radio.IcyMetadata;
import darban.radio.Mount;
import darban.radio.Radio;
import darban.radio.Source;
import darban.radio.Station;
import darban.serve.SenderLogin;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** What sources do: they send, and tell what plays. One per event loop. */
final class Sending {
  private final Radio radio;
  private final SenderLogin login;

  Sending(Radio radio, Users users) {
    this.radio = radio;
    this.login = new SenderLogin(users, radio.failedLogins(), "radio");
  }

  // Sound

  Future<Reply> send(Exchange exchange, String path) {
    boolean endless = isEndless(exchange.request());
    if (endless && !exchange.peer().sources()) {
      // What follows would be read as a request: nothing of it is taken here.
      return Future.failedFuture(
          Failure.of(Kind.BAD_REQUEST, "a source must tell where it ends on this listener")
              .detailed("see `sources` of listeners"));
    }
    return login.prove(
        exchange,
        radio.config().sources(),
        () -> endless ? connection(exchange, path) : body(exchange, path));
  }

  /** Whether the end of the connection is the only end it has. */
  private static boolean isEndless(RequestHead request) {
    return !request.version().multiplexed()
        && !request.fields().has(FieldName.TRANSFER_ENCODING)
        && !request.fields().has(FieldName.CONTENT_LENGTH);
  }

  private Future<Reply> connection(Exchange exchange, String path) {
    Source source = radio.source(path, station(exchange), exchange.loop());
    return Future.succeededFuture(new Reply.Tunnel(200, Fields.NONE, source.connection()));
  }

  private Future<Reply> body(Exchange exchange, String path) {
    Source source = radio.source(path, station(exchange), exchange.loop());
    if (exchange.request().fields().hasToken(FieldName.EXPECT, "100-continue")) {
      exchange.interim(new ResponseHead(100, Fields.NONE));
    }
    return source.take(exchange.takeBody()).map(done -> Reply.empty(200, Fields.NONE));
  }

  private static Station station(Exchange exchange) {
    return Station.of(exchange.request().fields());
  }

  // What plays

  Future<Reply> metadata(Exchange exchange) {
    Map<String, String> asked = parameters(exchange.request().target().query());
    if (!"updinfo".equals(asked.get("mode"))) {
      return Future.failedFuture(Failure.of(Kind.BAD_REQUEST, "only mode=updinfo is known"));
    }
    return login.prove(
        exchange, radio.config().sources(), () -> Future.succeededFuture(update(asked)));
  }

  private Reply update(Map<String, String> asked) {
    Mount mount = radio.find(asked.getOrDefault("mount", ""));
    if (mount == null) {
      throw RadioServer.notFound();
    }
    String artist = asked.getOrDefault("artist", "");
    String title = asked.getOrDefault("title", "");
    String both = artist.isEmpty() || title.isEmpty() ? artist + title : artist + " - " + title;
    mount.title(new IcyMetadata(asked.getOrDefault("song", both), asked.getOrDefault("url", "")));
    return Reply.text(
        200,
        "text/xml; charset=utf-8",
        "<?xml version=\"1.0\"?>\n<iceresponse><message>Metadata update successful</message>"
            + "<return>1</return></iceresponse>\n");
  }

  /** Parameters decoded: in UTF-8, or as older clients write them. */
  private static Map<String, String> parameters(@org.jspecify.annotations.Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : (query == null ? "" : query).split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int high = c == '%' && i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(value.charAt(i + 2), 16);
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.write(c == '+' ? ' ' : c);
      }
    }
    ByteBuffer all = ByteBuffer.wrap(bytes.toByteArray());
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(all.duplicate()).toString();
    } catch (CharacterCodingException older) {
      return StandardCharsets.ISO_8859_1.decode(all).toString();
    }
  }
}
