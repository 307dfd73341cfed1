package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Splice;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Version;
import darban.media.report.Cmcd;
import darban.observe.Timeline;
import darban.protocol.ServerStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the house: what the client sent, what stages made of it, what
 * became of it. Event loop of the client's connection.
 */
public final class Exchange {
  private final Loop loop;
  private final Peer peer;
  private final ServerStream stream;
  private final Timeline timeline;
  private final Duration tunnelIdle;
  private RequestHead request;
  private Route route = Route.NONE;
  private String clientAddress;
  private @Nullable String user;
  private @Nullable String cached;
  private @Nullable SignedLink link;
  private List<Cmcd> reports = List.of();
  private boolean bodyTaken;
  private @Nullable Consumer<Failure> cancelled;
  private @Nullable Runnable counted;
  private @Nullable LongConsumer fetched;
  private @Nullable Failure over;
  private @Nullable Failure failure;
  private int status;
  private Fields along = Fields.NONE;
  private @Nullable Splice splice;
  private Duration held = Duration.ZERO;

  /** The exchange of {@code stream}. */
  Exchange(Loop loop, Peer peer, ServerStream stream, Timeline timeline, Duration tunnelIdle) {
    this.loop = loop;
    this.peer = peer;
    this.stream = stream;
    this.timeline = timeline;
    this.tunnelIdle = tunnelIdle;
    this.request = stream.head().withFields(HopByHop.withoutNamed(stream.head().fields()));
    this.clientAddress = peer.address();
  }

  /**
   * An exchange of the house's own: a request that no client waits for directly, such as one that
   * fills a cache. Whoever makes it takes the reply itself, and may {@link #abandon} it.
   *
   * @param cause the client's exchange that led to it: on the same loop, by the same route
   * @param request what to ask for, without a body
   * @param timeline where it is noted when what happened
   * @param interim hears of interim responses
   */
  public static Exchange background(
      Exchange cause, RequestHead request, Timeline timeline, Consumer<ResponseHead> interim) {
    Exchange exchange =
        new Exchange(
            cause.loop, cause.peer, new OwnStream(request, interim), timeline, cause.tunnelIdle);
    exchange.route = cause.route;
    exchange.clientAddress = cause.clientAddress;
    exchange.user = cause.user;
    exchange.fetched = cause.fetched;
    return exchange;
  }

  /** Tells whoever works on it that nobody wants the reply any more. */
  public void abandon(Failure why) {
    ended(why);
  }

  /** The loop everything of it happens on. */
  public Loop loop() {
    return loop;
  }

  /** The client's connection. */
  public Peer peer() {
    return peer;
  }

  /** The request as the client sent it. */
  public RequestHead received() {
    return stream.head();
  }

  /** The request as it stands now. */
  public RequestHead request() {
    return request;
  }

  /** Puts a changed request in the place of the one before. */
  public void request(RequestHead changed) {
    request = changed;
  }

  /** The route it takes. */
  public Route route() {
    return route;
  }

  void route(Route route) {
    this.route = route;
  }

  /** The client's address, as a trusted proxy told it or as the connection has it. */
  public String clientAddress() {
    return clientAddress;
  }

  void clientAddress(String address) {
    clientAddress = address;
  }

  /** The user who proved who they are, or null. */
  public @Nullable String user() {
    return user;
  }

  /** Notes who the client proved to be. */
  public void user(String name) {
    user = name;
  }

  /** What a player said of itself in the request's body. */
  List<Cmcd> reports() {
    return reports;
  }

  /** Notes what a player says of itself in the request's body. */
  public void reports(List<Cmcd> told) {
    reports = told;
  }

  /** The link by which the client was let in; null if it needs none. */
  public @Nullable SignedLink link() {
    return link;
  }

  /** Told by the stage that lets it in. */
  public void link(SignedLink by) {
    link = by;
  }

  /** What the cache did with it, in a word; null where there is none. */
  public @Nullable String cached() {
    return cached;
  }

  /** Notes what the cache did with it: hit, miss, stale … */
  public void cached(String word) {
    cached = word;
  }

  /** What happened when. */
  public Timeline timeline() {
    return timeline;
  }

  /** The request's body, to be taken or discarded by whoever calls this; once. */
  public Body takeBody() {
    if (bodyTaken) {
      throw new IllegalStateException("the body was taken before");
    }
    bodyTaken = true;
    return stream.body();
  }

  /** Sends an interim response. */
  public void interim(ResponseHead head) {
    stream.interim(head);
  }

  /**
   * Who is told when the client leaves before it is answered; at once if it has left. There is one:
   * the last to call this.
   */
  public void onCancel(Consumer<Failure> listener) {
    cancelled = listener;
    if (over != null) {
      listener.accept(over);
    }
  }

  /** Who is told when all of it is over, to count what went out; there may be several. */
  public void onOver(Runnable listener) {
    Runnable before = counted;
    counted =
        before == null
            ? listener
            : () -> {
              before.run();
              listener.run();
            };
  }

  /** Takes how many bytes came of origins for it, or for what led to it; null: nobody counts. */
  public @Nullable LongConsumer fetched() {
    return fetched;
  }

  /** Who counts what comes of origins for it and for all that it will lead to; there is one. */
  public void onFetched(LongConsumer listener) {
    fetched = listener;
  }

  /** Fields that any answer is to have, a refusal too, unless it says otherwise itself. */
  public void along(Fields fields) {
    along = fields;
  }

  /** How long an origin may hold it beyond the time that it has to answer anyhow. */
  public Duration held() {
    return held;
  }

  /** Notes that the origin may hold it until what it asks for is there. */
  public void held(Duration most) {
    held = most;
  }

  /** Whether the client has left or been answered. */
  public boolean over() {
    return over != null || stream.headSent();
  }

  /** The status that was answered, or 0. */
  public int status() {
    return status;
  }

  /** Bytes of the request's body, or of what the client sent through its tunnel. */
  public long bytesReceived() {
    return splice != null ? splice.bytesUp() : stream.bytesReceived();
  }

  /** Bytes of the answer's body, or of what the client got through its tunnel. */
  public long bytesSent() {
    return splice != null ? splice.bytesDown() : stream.bytesSent();
  }

  /** Which kind of tunnel it has become, in a word; null while it is none. */
  @Nullable String tunnel() {
    if (splice == null) {
      return null;
    }
    RequestHead head = received();
    boolean connect = head.method() == Method.CONNECT && head.protocol() == null;
    boolean upgrade = head.protocol() != null || HopByHop.upgrade(head) != null;
    return head.version() == Version.SOCKS
        ? "socks"
        : connect ? "connect" : upgrade ? "upgrade" : "source";
  }

  /** Notes why the answer is a refusal. */
  void failed(Failure why) {
    failure = why;
  }

  /** Why the answer is a refusal, or null. */
  public @Nullable Failure failure() {
    return failure;
  }

  /**
   * Sends {@code reply} to the client.
   *
   * @param joined hears when it is joined with an origin by a tunnel
   * @param ended hears what became of that
   */
  void send(Reply reply, Runnable joined, Consumer<@Nullable Failure> ended) {
    if (stream.headSent() || over != null) {
      reply.discard(gone());
      return;
    }
    status = seenStatus(reply);
    timeline.answered(loop.nanos());
    ResponseHead head = new ResponseHead(reply.status(), advertised(withAlong(reply.fields())));
    switch (reply) {
      case Reply.Message message -> {
        Body left = bodyTaken ? Body.NONE : takeBody();
        if (left != Body.NONE) {
          left.discard(Failure.of(Kind.CLIENT_GONE, "body not wanted"));
        }
        stream.respond(head, message.body());
      }
      case Reply.Tunnel tunnel -> {
        Duplex client = stream.tunnel(head);
        if (client == null) {
          tunnel.discard(gone());
        } else {
          splice = new Splice(loop, client, tunnel.origin(), tunnelIdle, ended);
          joined.run();
          splice.start();
        }
      }
    }
  }

  /** The status that reaches the client: versions 2 and 3 say 200 to an upgrade (RFC 8441 §5). */
  private int seenStatus(Reply reply) {
    boolean upgrade = reply.status() == 101 && received().version().multiplexed();
    return upgrade ? 200 : reply.status();
  }

  private Fields withAlong(Fields fields) {
    if (along.size() == 0) {
      return fields;
    }
    Fields.Builder all = fields.toBuilder();
    for (int i = 0; i < along.size(); i++) {
      all.setIfAbsent(along.name(i), along.value(i));
    }
    return all.build();
  }

  /** Tells clients of older versions that HTTP/3 is to be had (RFC 7838). */
  private Fields advertised(Fields fields) {
    String altSvc = peer.altSvc();
    return altSvc == null || received().version() == Version.HTTP_3
        ? fields
        : fields.toBuilder().setIfAbsent(FieldName.ALT_SVC, altSvc).build();
  }

  /** The stream is over; {@code why} if the answer did not go out whole. */
  void ended(@Nullable Failure why) {
    if (counted != null) {
      counted.run();
    }
    if (why != null && over == null) {
      over = why;
      if (cancelled != null && !stream.headSent()) {
        cancelled.accept(why);
      }
    }
  }

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "client has left");
  }
}
