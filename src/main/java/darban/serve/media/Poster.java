package darban.serve.media;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.serve.Html;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A picture of a film or a piece of music. Immutable, any thread. */
final class Poster {
  /** Under an address that tells when the film was changed. */
  private static final String LASTING = "private, max-age=604800";

  private final String type;
  private final String caching;
  private final byte[] bytes;

  /** A picture of those bytes. */
  Poster(String type, byte[] bytes) {
    this(type, LASTING, bytes);
  }

  private Poster(String type, String caching, byte[] bytes) {
    this.type = type;
    this.caching = caching;
    this.bytes = bytes;
  }

  /** One that is drawn: a colour of its own, and its first letter. */
  static Poster drawn(Item item) {
    String title = item.title();
    int hue = Math.floorMod(title.hashCode() * 31, 360);
    int letter = title.codePoints().filter(Character::isLetterOrDigit).findFirst().orElse('?');
    String mark =
        item.kind() == Item.Kind.SOUND
            ? "<path d='M146 62v44a13 11 0 1 0 8 10V74l28-7v31a13 11 0 1 0 8 10V52z'/>"
            : "<text x='160' y='118' text-anchor='middle' font-size='84' font-weight='600'"
                + " font-family='system-ui, sans-serif'>"
                + Html.escaped(Character.toString(Character.toUpperCase(letter)))
                + "</text>";
    String svg =
        String.format(
            Locale.ROOT,
            """
            <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 180'><defs>\
            <linearGradient id='g' x1='0' y1='0' x2='1' y2='1'><stop stop-color='hsl(%d 45%% 42%%)'/>\
            <stop offset='1' stop-color='hsl(%d 55%% 20%%)'/></linearGradient></defs>\
            <rect width='320' height='180' fill='url(#g)'/>\
            <g fill='#fff' fill-opacity='.82'>%s</g></svg>
            """,
            hue,
            (hue + 50) % 360,
            mark);
    // A better one may come.
    return new Poster("image/svg+xml", "private, no-cache", svg.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes that it takes. */
  int weight() {
    return bytes.length;
  }

  /** The answer. */
  Reply reply(Exchange exchange) {
    Etag etag = new Etag(false, Integer.toHexString(Arrays.hashCode(bytes)) + "-" + bytes.length);
    Fields fields =
        Fields.of(
                "X-Content-Type-Options",
                "nosniff",
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            .toBuilder()
            .add(FieldName.CONTENT_TYPE, type)
            .add(FieldName.CACHE_CONTROL, caching)
            .add(FieldName.ETAG, etag.toString())
            .build();
    return new Representation(fields, bytes.length, etag, null)
        .answer(
            exchange,
            exchange.request(),
            (from, to) ->
                new Body.Bytes(
                    Unpooled.wrappedBuffer(bytes, (int) from, (int) (to - from)).asReadOnly()));
  }
}
