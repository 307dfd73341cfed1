package darban.serve;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * A text made for one reader: HTML or JSON, packed where the reader takes that. It may be had by
 * pages of its own site only. Immutable; made on any thread.
 */
public final class Page {
  /** Nothing from elsewhere, no script or style in the page itself (CSP 3). */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'self'";

  /** Less than this is not worth packing. */
  private static final int SMALL = 1400;

  private final Fields fields;
  private final byte[] bytes;

  private Page(Fields fields, byte[] bytes) {
    this.fields = fields;
    this.bytes = bytes;
  }

  /** A page of HTML for who asked by {@code exchange}, whose choice of a language is kept. */
  public static Page html(Exchange exchange, String text) {
    Fields.Builder fields = common("text/html; charset=utf-8");
    fields.add(FieldName.CONTENT_SECURITY_POLICY, POLICY);
    fields.add(FieldName.VARY, "Accept-Language, Cookie");
    String language = Query.of(exchange.request()).get("lang");
    if (Words.all().stream().anyMatch(each -> each.language().equals(language))) {
      String cookie = Words.COOKIE + "=" + language + "; Path=/; Max-Age=31536000; SameSite=Lax";
      fields.add(FieldName.SET_COOKIE, cookie);
    }
    return packed(exchange, fields, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An answer to a program. */
  public static Page json(Exchange exchange, String text) {
    Fields.Builder fields = common("application/json");
    return packed(exchange, fields, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Fields.Builder common(String type) {
    return Fields.of("X-Content-Type-Options", "nosniff", "Referrer-Policy", "same-origin")
        .toBuilder()
        .add(FieldName.CONTENT_TYPE, type)
        .add(FieldName.CACHE_CONTROL, "private, no-cache");
  }

  private static Page packed(Exchange exchange, Fields.Builder fields, byte[] plain) {
    fields.add(FieldName.VARY, "Accept-Encoding");
    if (plain.length < SMALL || !takesGzip(exchange)) {
      return new Page(fields.build(), plain);
    }
    return new Page(fields.add(FieldName.CONTENT_ENCODING, "gzip").build(), gzip(plain));
  }

  static boolean takesGzip(Exchange exchange) {
    return exchange.request().fields().hasToken(FieldName.ACCEPT_ENCODING, "gzip");
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length / 3);
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    } catch (IOException memory) {
      throw new UncheckedIOException(memory);
    }
    return packed.toByteArray();
  }

  /** The answer. */
  public Reply reply() {
    return new Reply.Message(200, fields, new Body.Bytes(Unpooled.wrappedBuffer(bytes)));
  }
}
