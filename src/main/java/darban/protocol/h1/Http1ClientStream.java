package darban.protocol.h1;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HopByHop;
import darban.http.Lists;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.http.Version;
import darban.http.Violation;
import darban.protocol.BodyPace;
import darban.protocol.ClientHandler;
import darban.protocol.ClientOptions;
import darban.protocol.ClientStream;
import darban.wire.ChunkDecoder;
import darban.wire.Framing;
import darban.wire.HeadParser;
import darban.wire.HeadWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** One request to an origin over HTTP/1 and its response. Event loop of the connection. */
final class Http1ClientStream implements ClientStream, Http1Outgoing.Owner {
  private final Http1Client connection;
  private final RequestHead head;
  private final ClientHandler handler;
  private final ClientOptions options;
  private final BodyPace pace = new BodyPace();
  private final @Nullable Upgrading upgrading;
  private @Nullable Http1Outgoing outgoing;
  private @Nullable Http1Incoming incoming;
  private boolean requestSent;
  private boolean writeFailed;
  private boolean bodyTouched;
  private boolean answered;
  private boolean keepAlive;
  private int interims;
  private long sentSince;

  Http1ClientStream(
      Http1Client connection, RequestHead head, ClientHandler handler, ClientOptions options) {
    this.connection = connection;
    this.head = head;
    this.handler = handler;
    this.options = options;
    this.upgrading = head.protocol() == null ? null : new Upgrading(head.protocol());
  }

  /** Whether the final response's head has come. */
  boolean answered() {
    return answered;
  }

  /** Whether any response has come, interim or not. */
  boolean anythingRead() {
    return answered || interims > 0;
  }

  @Nullable Http1Incoming incoming() {
    return incoming;
  }

  /** Whether the connection may carry another exchange after this one. */
  boolean reusable() {
    return keepAlive && requestSent && !writeFailed;
  }

  // The request

  void start(Body body) {
    HeadWriter writer = connection.loop.headWriter();
    if (upgrading == null) {
      writer.request(head.method(), head.target().toString());
    } else {
      writer.request(Method.GET, head.target().path());
      upgrading.write(writer);
    }
    writer.fields(head.fields(), FieldName.CONTENT_LENGTH);
    Framing framing = framing(body);
    Http1Heads.frame(writer, framing);
    if (framing == Framing.NONE && expectsBody(head.method())) {
      writer.field(FieldName.CONTENT_LENGTH, 0);
    }
    writer.end();
    ChannelHandlerContext context = connection.context();
    sentSince = connection.loop.nanos();
    switch (body) {
      case Body.None none -> last(Http1Heads.buffer(connection, 0));
      case Body.Bytes bytes -> {
        bodyTouched = true;
        last(Http1Heads.withBody(connection, bytes.buffer()));
      }
      case Body.File file -> {
        context.write(Http1Heads.buffer(connection, 0), context.voidPromise());
        stream(file.slice().stream(connection.loop), framing);
      }
      case Body.Stream stream -> {
        context.write(Http1Heads.buffer(connection, 0), context.voidPromise());
        stream(stream, framing);
      }
    }
  }

  private static Framing framing(Body body) {
    long length = body.length();
    if (length == 0) {
      return Framing.NONE;
    }
    return length > 0 ? new Framing(Framing.Kind.LENGTH, length) : Framing.CHUNKED;
  }

  private static boolean expectsBody(Method method) {
    return method == Method.POST || method == Method.PUT || method == Method.PATCH;
  }

  private void last(ByteBuf bytes) {
    requestSent = true;
    var context = connection.context();
    context.write(bytes, context.voidPromise());
    connection.flush();
  }

  private void stream(Body.Stream stream, Framing framing) {
    bodyTouched = true;
    outgoing = new Http1Outgoing(connection, framing, stream, this);
    outgoing.start();
  }

  @Override
  public boolean bodyTouched() {
    return bodyTouched;
  }

  void writable() {
    if (outgoing != null && !requestSent) {
      outgoing.writable();
    }
  }

  /** Notes that the origin takes no more; true while a response may still come. */
  boolean writeFailed() {
    if (outgoing == null || requestSent || writeFailed) {
      return false;
    }
    writeFailed = true;
    outgoing.cancel(Failure.of(Kind.CONNECTION_TERMINATED, "origin takes no more of the request"));
    return true;
  }

  void stopRequest(Failure why) {
    if (outgoing != null && !requestSent) {
      outgoing.cancel(why);
    }
  }

  @Override
  public void bodyWritten() {
    requestSent = true;
    sentSince = connection.loop.nanos();
    connection.flush();
  }

  @Override
  public void bodyBroken(Failure why) {
    connection.close(why);
  }

  // The response

  /** Takes the next head, interim or final. */
  void head(HeadParser.Response response) throws Failure {
    ResponseHead answer = response.head();
    int status = answer.status();
    boolean upgraded = status == 101;
    if (upgraded) {
      checkUpgrade(answer);
    }
    boolean connected = upgrading == null && head.method() == Method.CONNECT && status / 100 == 2;
    if (upgraded || connected) {
      answered = true;
      handler.tunnel(answer, connection.detach());
      return;
    }
    if (Status.isInterim(status)) {
      if (++interims > options.limits().interim()) {
        throw Violation.HEAD_LENGTH.inResponse();
      }
      sentSince = connection.loop.nanos();
      handler.interim(answer);
      return;
    }
    answer(answer, response.version());
  }

  private void checkUpgrade(ResponseHead answer) throws Failure {
    boolean asked =
        upgrading != null
            ? upgrading.accepts(answer.fields())
            : names(HopByHop.upgrade(head), answer.fields().joined(FieldName.UPGRADE));
    if (!asked) {
      throw Failure.of(Kind.UPGRADE_FAILED, "origin switched protocols otherwise than asked");
    }
  }

  private static boolean names(@Nullable String asked, @Nullable String switched) {
    return asked != null
        && switched != null
        && Lists.members(switched).stream().allMatch(each -> Lists.contains(asked, each));
  }

  private void answer(ResponseHead received, Version version) throws Failure {
    Method asked = upgrading == null ? head.method() : Method.GET;
    Framing framing = Framing.ofResponse(asked, received.status(), received.fields(), version);
    ResponseHead answer = withOneLength(received);
    keepAlive =
        framing != Framing.UNTIL_CLOSE
            && (version == Version.HTTP_1_1
                ? !answer.fields().hasToken(FieldName.CONNECTION, "close")
                : answer.fields().hasToken(FieldName.CONNECTION, "keep-alive"));
    answered = true;
    ByteBuf bytes = connection.pending();
    int available = bytes == null ? 0 : bytes.readableBytes();
    if (framing == Framing.NONE) {
      complete(answer, Body.NONE);
    } else if (bytes != null
        && framing.kind() == Framing.Kind.LENGTH
        && framing.length() <= available) {
      complete(answer, new Body.Bytes(bytes.readRetainedSlice((int) framing.length())));
    } else {
      ChunkDecoder chunks =
          framing == Framing.CHUNKED ? ChunkDecoder.ofResponse(options.limits()) : null;
      incoming = new Http1Incoming(framing, chunks, connection, 0, Violation.LENGTH.inResponse());
      handler.response(answer, incoming);
    }
  }

  /** Equal lengths may come several times; they are passed on as one (RFC 9110 §8.6). */
  private static ResponseHead withOneLength(ResponseHead head) {
    Fields fields = head.fields();
    int first = fields.indexOf(FieldName.CONTENT_LENGTH, 0);
    boolean one = first < 0 || fields.indexOf(FieldName.CONTENT_LENGTH, first + 1) < 0;
    return one
        ? head
        : head.withFields(
            fields.toBuilder().set(FieldName.CONTENT_LENGTH, fields.value(first)).build());
  }

  /** A response that is whole already: the connection is free before the handler acts on it. */
  private void complete(ResponseHead answer, Body body) {
    connection.over(this);
    handler.response(answer, body);
  }

  /** The exchange cannot go on. */
  void fail(Failure why) {
    stopRequest(why);
    if (!answered) {
      answered = true;
      handler.failed(why);
    } else if (incoming != null && !incoming.ended()) {
      incoming.fail(why);
    }
  }

  @Override
  public void cancel(Failure why) {
    boolean live = !answered || (incoming != null && !incoming.ended()) || !requestSent;
    if (!live) {
      return;
    }
    answered = true;
    stopRequest(why);
    if (incoming != null && !incoming.ended()) {
      incoming.cancel(why);
    } else {
      connection.cancelled();
    }
  }

  /** The failure of a response that is too late, or null. */
  @Nullable Failure late(long now) {
    if (!answered) {
      boolean waiting = requestSent || writeFailed;
      return waiting && now - sentSince > handler.patience(options.response()).toNanos()
          ? Failure.of(Kind.RESPONSE_TIMEOUT, "origin did not answer in time")
          : null;
    }
    Http1Incoming body = incoming;
    if (body == null || body.ended()) {
      return null;
    }
    return pace.look(now, body.hungry(), body.received(), options.idle(), 0, options.idle()) == null
        ? null
        : Failure.of(Kind.RESPONSE_TIMEOUT, "response body stalled");
  }
}
