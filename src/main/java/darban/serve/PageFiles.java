package darban.serve;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.MediaType;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The scripts and styles of pages: those that lie in this package, and hls.js as its jar has it.
 * All are read once, packed. Immutable, any thread.
 */
public final class PageFiles {
  /** The folder of a site that they are found in; names that begin so are of no file or stream. */
  public static final String FOLDER = "~page/";

  private static final String HLS_BUILD = "/META-INF/maven/org.webjars.npm/hls.js/pom.properties";
  private static final List<String> OWN =
      List.of("page.css", "common.js", "library.js", "player.js", "icon.svg");

  /** Under an address with this in it, they never change. */
  private static final String LASTING = "public, max-age=31536000, immutable";

  private static final class All {
    static final PageFiles ONE = new PageFiles();
  }

  private final Map<String, Asset> assets = new TreeMap<>();
  private final String version;

  private PageFiles() {
    OWN.forEach(name -> add(name, bytes(name)));
    add("hls.js", bytes("/META-INF/resources/webjars/hls.js/" + hlsVersion() + "/dist/hls.min.js"));
    StringBuilder tags = new StringBuilder();
    assets.values().forEach(each -> tags.append(each.etag.opaque()));
    version = Integer.toHexString(tags.toString().hashCode());
  }

  private static String hlsVersion() {
    try (InputStream in = open(HLS_BUILD)) {
      Properties build = new Properties();
      build.load(in);
      return build.getProperty("version");
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static InputStream open(String name) {
    InputStream in = PageFiles.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("missing in the build: " + name);
    }
    return in;
  }

  private static byte[] bytes(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private void add(String name, byte[] bytes) {
    assets.put(name, new Asset(MediaType.ofFile(name), bytes));
  }

  /** The address of one, for a page from which {@code up} leads to the site's folder. */
  public static String address(String up, String name) {
    return up + FOLDER + name + "?v=" + All.ONE.version;
  }

  /** Whether {@code exchange} asks for one by an address that pages of this very build have. */
  public static boolean isOwn(Exchange exchange, String name) {
    return All.ONE.assets.containsKey(name)
        && Query.of(exchange.request()).get("v").equals(All.ONE.version);
  }

  /** The answer to a request for one. Read on a worker thread, where they may be read first. */
  public static Future<Reply> answer(Exchange exchange, String name) {
    return exchange
        .loop()
        .context()
        .executeBlocking(() -> Optional.ofNullable(All.ONE.assets.get(name)), false)
        .map(found -> Objects.requireNonNull(found).orElseThrow(Folder::notFound).reply(exchange));
  }

  /** One of them. Immutable, any thread. */
  private static final class Asset {
    private final Fields fields;
    private final Etag etag;
    private final byte[] plain;
    private final byte[] packed;

    private Asset(String type, byte[] plain) {
      String tag = Integer.toHexString(Arrays.hashCode(plain)) + "-" + plain.length;
      this.etag = new Etag(true, tag);
      this.plain = plain;
      this.packed = Page.gzip(plain);
      this.fields =
          Fields.of(
              "Content-Type",
              type,
              "X-Content-Type-Options",
              "nosniff",
              "Vary",
              "Accept-Encoding",
              "ETag",
              etag.toString());
    }

    Reply reply(Exchange exchange) {
      boolean lasting = Query.of(exchange.request()).get("v").equals(All.ONE.version);
      boolean small = Page.takesGzip(exchange);
      Fields.Builder all =
          fields.toBuilder().add(FieldName.CACHE_CONTROL, lasting ? LASTING : "no-cache");
      if (small) {
        all.add(FieldName.CONTENT_ENCODING, "gzip");
      }
      byte[] bytes = small ? packed : plain;
      return new Representation(all.build(), bytes.length, etag, null)
          .answer(
              exchange,
              exchange.request(),
              (from, to) ->
                  new Body.Bytes(
                      Unpooled.wrappedBuffer(bytes, (int) from, (int) (to - from)).asReadOnly()));
    }
  }
}
