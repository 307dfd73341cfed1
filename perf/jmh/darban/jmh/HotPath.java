package darban.jmh;

import darban.base.Failure;
import darban.base.Limits;
import darban.caching.CacheKey;
import darban.caching.CachePolicy;
import darban.caching.Reuse;
import darban.caching.Storability;
import darban.caching.StoredResponse;
import darban.caching.Timing;
import darban.caching.Verdict;
import darban.exchange.Match;
import darban.exchange.Match.PathRule;
import darban.exchange.Route;
import darban.exchange.Routes;
import darban.http.FieldName;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Version;
import darban.wire.ChunkDecoder;
import darban.wire.FieldBlock;
import darban.wire.HeadParser;
import darban.wire.HeadWriter;
import darban.wire.HpackReader;
import darban.wire.HpackTable;
import darban.wire.HpackWriter;
import darban.wire.SectionWriter;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The pure parts of a request's way, each alone: what a cached hit costs before a byte is sent. The
 * JVM is told what the launcher tells it, since headers of objects are part of what is allocated.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgs = {"-XX:+UseCompactObjectHeaders", "-XX:+UseSerialGC"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotPath {
  private static final long NOW = 1_800_000_000_000L;

  private static final byte[] OF_BROWSER =
      bytes(
          """
          GET /articles/2026/11/how-a-proxy-works.html?page=2&utm_source=feed HTTP/1.1
          Host: www.example.com
          User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
          Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
          Accept-Language: fa,en-US;q=0.7,en;q=0.3
          Accept-Encoding: gzip, deflate, br, zstd
          Referer: https://www.example.com/articles/
          Cookie: session=0123456789abcdef0123456789abcdef; theme=dark
          Sec-Fetch-Dest: document
          Sec-Fetch-Mode: navigate
          Sec-Fetch-Site: same-origin
          Upgrade-Insecure-Requests: 1
          Connection: keep-alive

          """);
  private static final byte[] OF_LOAD = bytes("GET /hit/0 HTTP/1.1\nHost: 127.0.0.1:8080\n\n");
  private static final byte[] OF_ORIGIN =
      bytes(
          """
          HTTP/1.1 200 OK
          Server: nginx/1.22.1
          Date: Fri, 15 Jan 2027 08:00:00 GMT
          Content-Type: text/html; charset=utf-8
          Content-Length: 1024
          Last-Modified: Thu, 14 Jan 2027 08:00:00 GMT
          ETag: "5f3e-400"
          Cache-Control: public, max-age=86400
          Vary: Accept-Encoding

          """);
  private static final byte[] CHUNKED =
      bytes("400\n" + "x".repeat(1024) + "\n1a;name=value\n" + "x".repeat(26) + "\n0\n\n");

  private final HeadParser requests = HeadParser.ofRequests(Limits.DEFAULT);
  private final HeadParser responses = HeadParser.ofResponses(Limits.DEFAULT);
  private final HeadWriter writer = new HeadWriter();
  private final HpackWriter sections = new HpackWriter();
  private final HpackReader sectionReader = new HpackReader();
  private final HpackTable table = new HpackTable();
  private final RequestHead request = parseBrowserRequest();
  private final byte[] section = section(request);
  private final ResponseHead response = parseResponse().head();
  private final Timing timing = new Timing(NOW - 50, NOW);
  private final CacheKey key = CacheKey.of(request, "https", CachePolicy.Key.DEFAULT);
  private final List<StoredResponse> stored = List.of(stored());
  private final Routes routes = new Routes(Map.of("www.example.com", tenRoutes()));

  @Benchmark
  public RequestHead parseBrowserRequest() {
    return request(OF_BROWSER);
  }

  @Benchmark
  public RequestHead parseLoadRequest() {
    return request(OF_LOAD);
  }

  @Benchmark
  public HeadParser.Response parseResponse() {
    try {
      int end = HeadParser.end(OF_ORIGIN, 0, OF_ORIGIN.length);
      return responses.response(OF_ORIGIN, 0, end);
    } catch (Failure impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Benchmark
  public int writeResponse() {
    return writer
        .response(response.status())
        .fields(response.fields(), FieldName.CONTENT_LENGTH)
        .field(FieldName.CONTENT_LENGTH, 1024L)
        .end()
        .length();
  }

  @Benchmark
  public int writeSection() {
    return sections
        .begin(false)
        .field(FieldName.PSEUDO_STATUS, "200")
        .fields(response.fields())
        .length();
  }

  @Benchmark
  public RequestHead readSection() {
    FieldBlock lines = FieldBlock.ofRequest(Limits.DEFAULT);
    sectionReader.read(table, section, 0, section.length, lines);
    return lines.request(Version.HTTP_2);
  }

  /** The browser's request as HTTP/2 has it. */
  private static byte[] section(RequestHead of) {
    SectionWriter section =
        new HpackWriter()
            .begin(false)
            .field(FieldName.PSEUDO_METHOD, "GET")
            .field(FieldName.PSEUDO_SCHEME, "https")
            .field(FieldName.PSEUDO_AUTHORITY, of.authority())
            .field(FieldName.PSEUDO_PATH, of.target().path());
    section.fields(of.fields().filtered(name -> !name.isHopByHop()).build());
    return Arrays.copyOf(section.bytes(), section.length());
  }

  @Benchmark
  public String lookUpField() {
    return request.fields().get(FieldName.COOKIE);
  }

  @Benchmark
  public boolean missField() {
    return request.fields().has(FieldName.AUTHORIZATION);
  }

  @Benchmark
  public CacheKey makeCacheKey() {
    return CacheKey.of(request, "https", CachePolicy.Key.DEFAULT);
  }

  @Benchmark
  public Verdict judgeHit() {
    return Reuse.judge(request, stored, CachePolicy.DEFAULT, NOW + 1000);
  }

  @Benchmark
  public Storability judgeStorable() {
    return Storability.of(request, key, response, timing, CachePolicy.DEFAULT);
  }

  @Benchmark
  public long decodeChunks() {
    try {
      ChunkDecoder decoder = ChunkDecoder.ofResponse(Limits.DEFAULT);
      long data = 0;
      for (int at = 0; !decoder.ended(); ) {
        long left = decoder.dataLeft();
        if (left > 0) {
          decoder.taken(left);
          data += left;
          at += (int) left;
        } else {
          decoder.accept(CHUNKED[at++]);
        }
      }
      return data;
    } catch (Failure impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Benchmark
  public Route findRoute() {
    return routes.find(request, "web");
  }

  private RequestHead request(byte[] bytes) {
    try {
      return requests.request(bytes, 0, HeadParser.end(bytes, 0, bytes.length));
    } catch (Failure impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private StoredResponse stored() {
    return ((Storability.Store) judgeStorable()).response();
  }

  /** Nine for other folders, the last one for all. */
  private static List<Route> tenRoutes() {
    return IntStream.range(0, 10)
        .mapToObj(n -> PathRule.parse(n < 9 ? "/folder-" + n + "/*" : "*"))
        .map(path -> new Match(path, Set.of(), Map.of(), Map.of(), Set.of()))
        .map(match -> new Route("www.example.com", "web", match, _ -> Future.succeededFuture()))
        .toList();
  }

  private static byte[] bytes(String lines) {
    return lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}
