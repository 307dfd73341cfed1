package darban.stage.cache;

import darban.caching.CacheKey;
import darban.caching.CachePolicy;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.flow.Body;
import darban.flow.Counted;
import darban.flow.Gathering;
import darban.http.ContentCoding;
import darban.http.FieldName;
import darban.http.Method;
import darban.http.Paths;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.media.MalformedMedia;
import darban.media.dash.SegmentSeries;
import darban.media.edge.Cadence;
import darban.media.edge.ManifestKind;
import darban.media.edge.ManifestSurvey;
import darban.media.report.Cmcd;
import darban.store.Key;
import darban.store.Selection;
import darban.store.Store;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps live HLS and DASH of others as what they are: manifests for half a segment or a part, "not
 * yet" no longer than that, nothing of before an encoder's restart. It reads the manifests on their
 * way into the store. One per route and event loop; what it knows is the process's.
 */
public final class LiveEdge {
  /** Manifests beyond that fail: nobody plays them. */
  private static final int LARGEST = 8 << 20;

  private static final int MOST_FOLDERS = 8;
  private static final int MOST_FOLLOWING = 1_000;

  /** A "not yet" that was asked for too early would be believed for half a segment. */
  private static final Duration LATE = Duration.ofMillis(500);

  private static final Duration VARIANTS = Duration.ofSeconds(6);

  private static final Logger LOG = Logger.getLogger("darban.cache");

  private final EdgeRules rules;
  private final LiveStreams streams;
  private final EdgeAudience audience;
  private final Store store;

  /**
   * With these rules; {@code streams} is what is known, and {@code audience} of those who watch.
   */
  public LiveEdge(EdgeRules rules, LiveStreams streams, EdgeAudience audience, Store store) {
    this.rules = rules;
    this.streams = streams;
    this.audience = audience;
    this.store = store;
  }

  // On the way to the origin

  /**
   * {@code next} with an eye on the manifests that it brings for {@code key}.
   *
   * @param listed told what of a manifest players will ask for first
   */
  Endpoint watching(Endpoint next, CachePolicy policy, Key key, Consumer<List<String>> listed) {
    return exchange -> {
      long requested = exchange.loop().nanos();
      Duration patience = patience(key.cache());
      exchange.held(patience);
      if (ManifestKind.ofPath(path(key.cache())).isPresent()) {
        RequestHead asked = exchange.request();
        exchange.request(asked.withFields(ContentCoding.readable(asked.fields())));
      }
      return (isReload(exchange, key.cache())
              ? Persistent.serve(next, exchange, requested + patience.toNanos())
              : next.serve(exchange))
          .compose(reply ->
              manifest(exchange, key.cache(), reply)
                  .map(kind ->
                      read(exchange, (Reply.Message) reply, kind)
                          .compose(read -> seen(exchange, policy, key.cache(), read, requested))
                          .onSuccess(read -> listed.accept(first(key.cache()))))
                  .orElseGet(() -> Future.succeededFuture(reply)))
          .map(reply -> counted(exchange, key.cache(), reply));
    };
  }

  /** How long the origin may hold a request: one of low latency until what it asks for is there. */
  private Duration patience(CacheKey key) {
    Cadence cadence = streams.near(key.uri());
    boolean held = (cadence != null && cadence.part() > 0) || Directive.isDirected(key);
    Duration usual = Duration.ofSeconds(30);
    return !held ? Duration.ZERO : cadence == null ? usual : Duration.ofMillis(cadence.patience());
  }

  /** Whether origins hold requests for it until it is there. */
  boolean mayBeHeld(CacheKey key) {
    return !patience(key).isZero();
  }

  /** Whether a player waits for the next state of a playlist that is known. */
  private boolean isReload(Exchange exchange, CacheKey key) {
    return exchange.request().method() == Method.GET
        && Directive.isAwaited(key)
        && streams.near(key.uri()) != null;
  }

  private static Optional<ManifestKind> manifest(Exchange exchange, CacheKey key, Reply reply) {
    return exchange.request().method() == Method.GET
            && reply.status() == 200
            && reply instanceof Reply.Message
        ? ManifestKind.of(reply.fields().get(FieldName.CONTENT_TYPE), path(key))
        : Optional.empty();
  }

  private static String path(CacheKey key) {
    String uri = key.uri();
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  /** A manifest as it came, and what it tells; nothing where it cannot be read. */
  private record Read(Reply.Message reply, @Nullable ManifestSurvey survey) {}

  private static Future<Read> read(Exchange exchange, Reply.Message reply, ManifestKind kind) {
    return Gathering.of(exchange.loop(), reply.body(), LARGEST)
        .map(bytes -> {
          Reply.Message whole =
              new Reply.Message(
                  reply.status(), reply.fields(), new Body.Bytes(Unpooled.wrappedBuffer(bytes)));
          return new Read(whole, survey(exchange, reply, kind, bytes));
        });
  }

  private static @Nullable ManifestSurvey survey(
      Exchange exchange, Reply.Message reply, ManifestKind kind, byte[] bytes) {
    try {
      return ContentCoding.decoded(reply.fields(), bytes, LARGEST)
          .map(plain -> ManifestSurvey.of(kind, ByteBuffer.wrap(plain), there(exchange)))
          .orElse(null);
    } catch (MalformedMedia malformed) {
      LOG.log(Level.FINE, "a manifest of {0}: {1}", new Object[] {kind, malformed.getMessage()});
      return null;
    }
  }

  private Future<Reply> seen(
      Exchange exchange, CachePolicy policy, CacheKey key, Read read, long requested) {
    ManifestSurvey survey = read.survey;
    if (survey == null) {
      return Future.succeededFuture(read.reply);
    }
    Reply reply = replaced(read.reply, survey);
    if (!streams.put(Directive.undirected(key), survey, requested, exchange.loop().nanos())) {
      return Future.succeededFuture(reply);
    }
    LOG.log(Level.INFO, "{0} begins anew: what is kept of it goes", path(key));
    Future<?> gone = Future.succeededFuture();
    for (String folder : folders(policy, key, survey)) {
      gone = gone.compose(done -> store.purge(new Selection.Prefix(folder), false));
    }
    Promise<Reply> after = exchange.loop().context().promise();
    gone.onComplete(done -> after.complete(reply));
    return after.future();
  }

  /** Where the files of a stream lie: beside its manifest, and wherever that points. */
  private static Set<String> folders(CachePolicy policy, CacheKey key, ManifestSurvey survey) {
    String own = LiveStreams.folder(key.uri());
    Set<String> folders = new LinkedHashSet<>();
    folders.add(own);
    Stream.of(
            survey.first().stream(),
            survey.series().stream().map(SegmentSeries::folder),
            survey.lists().stream().flatMap(List::stream))
        .flatMap(files -> files)
        .flatMap(file -> key.resolve(file, policy.key()).stream())
        .map(LiveStreams::folder)
        .filter(folder -> !folder.startsWith(own))
        .distinct()
        .limit(MOST_FOLDERS)
        .forEach(folders::add);
    return folders;
  }

  /** Without what forbids to keep a manifest, where that is not to count. */
  private Reply replaced(Reply.Message reply, ManifestSurvey survey) {
    boolean replace =
        rules.noCache() == EdgeRules.NoCache.REPLACE
            && survey.nature() != ManifestSurvey.Nature.OVER
            && !reply.fields().hasToken(FieldName.CACHE_CONTROL, "no-store")
            && !reply.fields().hasToken(FieldName.CACHE_CONTROL, "private");
    return !replace
        ? reply
        : reply.withFields(
            reply
                .fields()
                .filtered(name ->
                    name != FieldName.CACHE_CONTROL
                        && name != FieldName.EXPIRES
                        && name != FieldName.PRAGMA)
                .build());
  }

  // What goes through

  private EdgeAudience.@Nullable Stream stream(Exchange exchange, CacheKey key) {
    String folder = streams.stream(key.uri());
    return folder == null
        ? null
        : audience.stream(
            exchange.route().service(),
            folder.substring(key.origin().length(), folder.length() - 1),
            exchange.loop().nanos());
  }

  /** The origin's answer, of which is counted what comes. */
  private Reply counted(Exchange exchange, CacheKey key, Reply reply) {
    EdgeAudience.@Nullable Stream stream = stream(exchange, key);
    if (stream == null || !(reply instanceof Reply.Message message)) {
      return reply;
    }
    stream.fetched();
    return new Reply.Message(
        message.status(), message.fields(), Counted.of(message.body(), stream::received));
  }

  /** A client's exchange, of which is counted what goes out. */
  void watched(Exchange exchange, CacheKey key) {
    exchange.onOver(() -> {
      EdgeAudience.@Nullable Stream stream = stream(exchange, key);
      if (stream != null) {
        stream.sent(viewer(exchange), exchange.bytesSent(), exchange.loop().nanos());
        if (Directive.isAwaited(key) && exchange.timeline().firstByteNanos() >= 0) {
          stream.held(exchange.timeline().firstByteNanos());
        }
      }
    });
  }

  /** Takes how long bytes of a segment or a part were on their way through; null if it is none. */
  @Nullable LongConsumer lags(Exchange exchange, CacheKey key) {
    EdgeAudience.@Nullable Stream stream =
        ManifestKind.ofPath(path(key)).isPresent() ? null : stream(exchange, key);
    return stream == null ? null : stream::lag;
  }

  /** Who it is, about: of a crowd behind one address those with other programs are told apart. */
  private static int viewer(Exchange exchange) {
    return Objects.hash(
        exchange.clientAddress(), exchange.received().fields().get(FieldName.USER_AGENT));
  }

  // What will be asked for

  /** Whether what players will ask for is fetched before they do. */
  boolean prefetches() {
    return rules.prefetch();
  }

  /** Up to when is there what a clock tells to be there: clocks differ, and packagers are late. */
  private static Instant there(Exchange exchange) {
    return exchange.loop().ticker().now().minus(LATE);
  }

  /** Of the manifest that was just read what players ask for first, as targets. */
  private List<String> first(CacheKey key) {
    ManifestSurvey survey = rules.prefetch() ? streams.survey(Directive.undirected(key)) : null;
    if (survey == null) {
      return List.of();
    }
    for (List<String> files : survey.lists()) {
      // Of a long recording as much as is played in an hour or two.
      int from = survey.live() ? Math.max(0, files.size() - MOST_FOLLOWING) : 0;
      int to = Math.min(files.size(), from + MOST_FOLLOWING);
      streams.sequence(resolved(key, files.subList(from, to)));
    }
    streams.series(
        Directive.undirected(key),
        survey.series().stream()
            .flatMap(each ->
                key.resolve(each.template(), CachePolicy.Key.DEFAULT).flatMap(each::at).stream())
            .toList());
    return targets(key, resolved(key, survey.first()).stream());
  }

  private static List<String> resolved(CacheKey key, List<String> files) {
    return files.stream()
        .flatMap(file -> key.resolve(file, CachePolicy.Key.DEFAULT).stream())
        .toList();
  }

  private static List<String> targets(CacheKey key, Stream<String> uris) {
    return uris.map(uri -> uri.substring(key.origin().length())).toList();
  }

  /** What follows on {@code key}, as its player or its manifest tells, as targets. */
  List<String> following(CacheKey key, Exchange exchange) {
    RequestHead request = exchange.request();
    String query = request.target().query();
    Cmcd report = query == null ? Cmcd.NONE : Cmcd.ofQuery(query);
    Cmcd told = report.isEmpty() ? Cmcd.ofFields(request.fields()) : report;
    List<String> next = told.nextObjects();
    return targets(
        key,
        next.isEmpty()
            ? Stream.ofNullable(streams.after(key.uri(), there(exchange)))
            : resolved(key, next.subList(0, 1)).stream().filter(uri -> isBeside(key, uri)));
  }

  /** What a client names is taken only from where it may ask itself: beside what it asks for. */
  private static boolean isBeside(CacheKey key, String uri) {
    int query = uri.indexOf('?');
    return uri.startsWith(LiveStreams.folder(key.uri()))
        && Paths.isPlain(uri.substring(key.origin().length(), query < 0 ? uri.length() : query));
  }

  // On the way into the store

  /** What holds for a response to a request of {@code key}. */
  CachePolicy policy(CachePolicy usual, CacheKey key, ResponseHead response) {
    CachePolicy.Times times = times(usual.times(), key, response);
    return times == usual.times()
        ? usual
        : new CachePolicy(times, usual.key(), usual.requests(), usual.admission());
  }

  private CachePolicy.Times times(CachePolicy.Times usual, CacheKey key, ResponseHead response) {
    int status = response.status();
    Cadence cadence = streams.near(key.uri());
    if (status == 404) {
      Duration most = cadence == null ? rules.notYet() : Duration.ofMillis(cadence.notYet());
      return usual.of(status, most, most, Duration.ZERO);
    }
    if (status != 200 && status != 304) {
      return usual;
    }
    boolean manifest =
        ManifestKind.of(response.fields().get(FieldName.CONTENT_TYPE), path(key)).isPresent();
    if (!manifest) {
      return cadence == null
          ? usual
          : usual.of(
              200,
              Duration.ofMillis(cadence.segment()),
              usual.most(),
              Duration.ofMillis(cadence.segment()));
    }
    ManifestSurvey survey = streams.survey(Directive.undirected(key));
    return survey == null ? usual : ofManifest(usual, key, survey);
  }

  private static CachePolicy.Times ofManifest(
      CachePolicy.Times usual, CacheKey key, ManifestSurvey survey) {
    return switch (survey.nature()) {
      case OVER -> usual;
      case VARIANTS -> usual.of(200, VARIANTS, usual.most(), usual.staleIfError());
      case LIVE -> {
        Cadence cadence = survey.cadence();
        Duration most =
            Duration.ofMillis(Directive.isAwaited(key) ? cadence.held() : cadence.manifest());
        yield usual.of(200, most, most, Duration.ofMillis(cadence.patience()));
      }
    };
  }
}
