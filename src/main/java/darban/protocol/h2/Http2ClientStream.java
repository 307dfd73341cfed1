package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Retry;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Status;
import darban.http.Violation;
import darban.protocol.BodyPace;
import darban.protocol.ClientHandler;
import darban.protocol.ClientOptions;
import darban.protocol.ClientStream;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/** One request to an origin over HTTP/2 and its response. Event loop of the connection. */
final class Http2ClientStream implements ClientStream, Http2Stream.Owner, Http2Outgoing.Owner {
  private final Http2Client connection;
  private final RequestHead head;
  private final ClientHandler handler;
  private final ClientOptions options;
  private final BodyPace pace = new BodyPace();
  private @Nullable Http2Stream stream;
  private @Nullable Http2Outgoing outgoing;
  private @Nullable Http2Incoming incoming;
  private @Nullable Http2Duplex duplex;
  private boolean requestSent;
  private boolean bodyTouched;
  private boolean answered;
  private boolean over;
  private int interims;
  private long sentSince;

  Http2ClientStream(
      Http2Client connection, RequestHead head, ClientHandler handler, ClientOptions options) {
    this.connection = connection;
    this.head = head;
    this.handler = handler;
    this.options = options;
  }

  void start(Http2Stream stream, String scheme, Body body) {
    this.stream = stream;
    sentSince = connection.loop.nanos();
    boolean noBody = body.length() == 0 && head.method() != Method.CONNECT;
    Http2Head headers = Http2Head.request(declared(body), scheme);
    connection.frameWatch().sent();
    if (noBody) {
      requestSent = true;
      body.discard(Http2Client.REFUSED);
      connection.sending().end(stream, headers, done -> {});
    } else {
      connection.writer().head(stream.id(), headers, false);
      if (head.method() != Method.CONNECT) {
        send(stream, body);
      }
    }
    connection.flush();
  }

  private RequestHead declared(Body body) {
    Fields.Builder fields = head.fields().toBuilder().remove(FieldName.CONTENT_LENGTH);
    if (body.length() > 0) {
      fields.add(FieldName.CONTENT_LENGTH, Long.toString(body.length()));
    }
    return head.withFields(fields.build());
  }

  private void send(Http2Stream stream, Body body) {
    bodyTouched = true;
    switch (body) {
      case Body.None none -> throw new IllegalStateException();
      case Body.Bytes bytes -> last(stream, bytes.buffer());
      case Body.File file -> stream(stream, file.slice().stream(connection.loop));
      case Body.Stream streamed -> stream(stream, streamed);
    }
  }

  private void last(Http2Stream stream, ByteBuf bytes) {
    connection.frameWatch().sent();
    bodyWritten();
    connection.sending().sendAll(stream, bytes, this::bodySent);
  }

  private void stream(Http2Stream stream, Body.Stream body) {
    outgoing = new Http2Outgoing(connection, stream, body, this);
    outgoing.start();
  }

  @Override
  public boolean bodyTouched() {
    return bodyTouched;
  }

  @Override
  public void bodyWritten() {
    requestSent = true;
    sentSince = connection.loop.nanos();
  }

  @Override
  public void bodySent(ChannelFuture done) {
    // A connection that is lost ends the exchange.
  }

  @Override
  public void bodyBroken(Failure why) {
    Http2Stream so = stream;
    closed(why);
    if (so != null) {
      connection.resetFor(so, Http2Error.CANCEL);
    }
  }

  @Override
  public void writable() {
    if (duplex != null) {
      duplex.writable();
    } else if (outgoing != null && !requestSent) {
      outgoing.writable();
    }
  }

  @Override
  public @Nullable Http2Incoming incoming() {
    return incoming;
  }

  @Override
  public void headers(FieldBlock block, boolean end) throws Failure {
    if (answered) {
      if (!end || incoming == null) {
        throw Violation.PSEUDO_FIELD.inResponse();
      }
      incoming.end(block.trailers());
      return;
    }
    head(block.response(), end);
  }

  private void head(ResponseHead answer, boolean end) throws Failure {
    int status = answer.status();
    if (Status.isInterim(status)) {
      if (end || status == 101 || ++interims > options.limits().interim()) {
        throw Violation.PSEUDO_FIELD.inResponse();
      }
      sentSince = connection.loop.nanos();
      handler.interim(answer);
      return;
    }
    answered = true;
    Http2Stream so = java.util.Objects.requireNonNull(stream);
    if (head.method() == Method.CONNECT && status / 100 == 2 && !end) {
      incoming = new Http2Incoming(connection, so, -1, () -> abandon(so));
      duplex = new Http2Duplex(connection, so, incoming);
      handler.tunnel(answer, duplex);
      return;
    }
    if (end || Status.isBodiless(head.method(), status)) {
      handler.response(answer, Body.NONE);
      return;
    }
    String length = answer.fields().get(FieldName.CONTENT_LENGTH);
    incoming =
        new Http2Incoming(
            connection, so, length == null ? -1 : Framing.length(length), () -> abandon(so));
    handler.response(answer, incoming);
  }

  private void abandon(Http2Stream so) {
    if (!over) {
      connection.resetFor(so, Http2Error.CANCEL);
    }
  }

  @Override
  public void closed(Failure why) {
    if (over) {
      return;
    }
    over = true;
    boolean complete = incoming != null && incoming.complete();
    if (duplex != null) {
      duplex.closed(why);
    } else if (!answered) {
      answered = true;
      handler.failed(interims > 0 ? why.retry(Retry.NEVER) : retryable(why));
    } else if (incoming != null && !complete) {
      incoming.fail(Failure.of(Kind.RESPONSE_INCOMPLETE, "origin cut the response"));
    }
    if (outgoing != null && !requestSent) {
      outgoing.cancel(why);
    }
    connection.ended();
  }

  private static Failure retryable(Failure why) {
    boolean lost =
        why.kind() == Kind.CONNECTION_TERMINATED || why.kind() == Kind.RESPONSE_CANCELLED;
    return lost && why.retry() == Retry.NEVER ? why.retry(Retry.IDEMPOTENT) : why;
  }

  @Override
  public void cancel(Failure why) {
    if (over) {
      return;
    }
    answered = true;
    Http2Stream so = stream;
    if (incoming != null && !incoming.complete()) {
      incoming.cancel(why);
    } else if (so != null) {
      connection.resetFor(so, Http2Error.CANCEL);
    }
  }

  /** Looks whether the origin keeps up. */
  void tick(long now) {
    boolean late =
        !answered
            && requestSent
            && now - sentSince > handler.patience(options.response()).toNanos();
    Http2Incoming body = incoming;
    boolean stalled =
        body != null
            && duplex == null
            && !body.complete()
            && pace.look(now, body.hungry(), body.received(), options.idle(), 0, options.idle())
                != null;
    if (late || stalled) {
      Failure why =
          Failure.of(
              Kind.RESPONSE_TIMEOUT,
              late ? "origin did not answer in time" : "response body stalled");
      Http2Stream so = stream;
      closed(why);
      if (so != null) {
        connection.resetFor(so, Http2Error.CANCEL);
      }
    }
  }
}
