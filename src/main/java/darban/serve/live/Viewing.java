package darban.serve.live;

import static java.util.stream.Collectors.joining;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.live.Clip;
import darban.live.ClipReader;
import darban.live.Directives;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.live.Showing;
import darban.live.Showing.Shown;
import darban.live.Waiting;
import darban.serve.Html;
import darban.serve.live.LiveOrigin.Place;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What viewers do: they get files, playlists, segments and parts. One per event loop. */
final class Viewing {
  private static final String LASTING = "public, max-age=3600, immutable";

  /** About six segments (RFC 8216bis appendix B.1). */
  private static final String STATE = "max-age=12";

  /** The shortest there is: caches on the way ask once a second for all who wait. */
  private static final String BRIEFLY = "max-age=1";

  private final Hub hub;

  Viewing(Hub hub) {
    this.hub = hub;
  }

  Future<Reply> serve(Exchange exchange, Place place) {
    LiveStream stream = hub.wanted(place.stream(), exchange.loop().nanos());
    if (stream != null) {
      return serve(exchange, stream, place.file());
    }
    if (!Showing.isAskedAgain(place.file()) || !hub.isNew()) {
      throw LiveOrigin.notFound();
    }
    return hold(exchange, hub.arrivals(), () -> hub.find(place.stream()))
        .compose(come -> serve(exchange, come.orElseThrow(LiveOrigin::notFound), place.file()));
  }

  private Future<Reply> serve(Exchange exchange, LiveStream stream, String file) {
    Loop loop = exchange.loop();
    stream.audience().seen(viewer(exchange), loop.nanos());
    Directives directives = Directives.of(exchange.request().target().query());
    Supplier<@Nullable Shown> found =
        () -> Showing.find(stream, file, directives, loop.ticker().now());
    Shown shown = found.get();
    if (shown != null) {
      return Future.succeededFuture(reply(exchange, stream, shown));
    }
    return hold(exchange, stream.waiting(), found)
        .map(there -> reply(exchange, stream, there.orElseThrow(() -> late(directives))));
  }

  private <T> Future<Optional<T>> hold(
      Exchange exchange, Waiting waiting, Supplier<@Nullable T> found) {
    long most = hub.config().patience().toNanos();
    Waiting.Held<T> held = waiting.hold(exchange.loop(), most, found);
    exchange.onCancel(why -> held.cancel());
    return held.future();
  }

  /** What did not come in time: a playlist is there, yet not as it was asked for. */
  private static Failure late(Directives directives) {
    return directives.sequence() < 0
        ? LiveOrigin.notFound()
        : Failure.of(Kind.OVERLOADED, "the publisher is late");
  }

  /** Who it is, about: of a crowd behind one address those with other programs are told apart. */
  private static int viewer(Exchange exchange) {
    return Objects.hash(
        exchange.clientAddress(), exchange.request().fields().get(FieldName.USER_AGENT));
  }

  private static Reply reply(Exchange exchange, LiveStream stream, Shown shown) {
    Fields.Builder fields = Fields.builder(6).add(FieldName.CONTENT_TYPE, shown.type());
    switch (shown.keeping()) {
      case LASTING -> fields.add(FieldName.CACHE_CONTROL, LASTING);
      case STATE -> fields.add(FieldName.CACHE_CONTROL, STATE);
      case BRIEFLY -> fields.add(FieldName.CACHE_CONTROL, BRIEFLY);
      case NEVER -> {} // as every answer says that says nothing else
    }
    return switch (shown) {
      case Shown.Made(ByteBuffer bytes, String type, var keeping) ->
          made(exchange, stream, fields.build(), bytes);
      case Shown.Part part -> part(exchange, stream, fields, part);
      case Shown.Whole whole ->
          new Representation(fields.build(), -1, null, null)
              .answer(
                  exchange,
                  exchange.request(),
                  (from, to) -> whole.feed().body(exchange.loop(), whole.from()));
      case Shown.Elsewhere elsewhere -> elsewhere(exchange, elsewhere.file());
    };
  }

  /** Leads to another file: what a playlist names counts from where the playlist lies. */
  private static Reply elsewhere(Exchange exchange, String file) {
    String path = Stream.of(file.split("/")).map(Html::encoded).collect(joining("/"));
    String query = exchange.request().target().query();
    String location = path + (query == null ? "" : "?" + query);
    return Reply.empty(307, Fields.builder(2).add(FieldName.LOCATION, location).build());
  }

  private static Reply made(Exchange exchange, LiveStream stream, Fields fields, ByteBuffer bytes) {
    return new Representation(fields, bytes.remaining(), null, null)
        .answer(
            exchange,
            exchange.request(),
            (from, to) -> {
              stream.counters().sent().add(to - from);
              ByteBuf some = Unpooled.wrappedBuffer(bytes.slice((int) from, (int) (to - from)));
              return new Body.Bytes(some);
            });
  }

  private static Reply part(
      Exchange exchange, LiveStream stream, Fields.Builder fields, Shown.Part part) {
    Clip clip = part.clip();
    try {
      long length = part.to() < 0 ? clip.length() : part.to() - part.from();
      Etag etag = new Etag(false, Long.toString(clip.serial(), 36) + "-" + part.from());
      fields.add(FieldName.ETAG, etag.toString());
      if (length >= 0) {
        fields.add(FieldName.ACCEPT_RANGES, "bytes");
      }
      return new Representation(fields.build(), length, etag, null)
          .answer(
              exchange,
              exchange.request(),
              (from, to) -> {
                long end = to < 0 ? Long.MAX_VALUE : part.from() + to;
                return Objects.requireNonNull(
                    ClipReader.of(
                        clip, exchange.loop(), part.from() + from, end, stream.counters()));
              });
    } finally {
      // Its readers hold it now.
      clip.release();
    }
  }
}
