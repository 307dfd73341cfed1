package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Timeouts;
import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.RequestHead;
import darban.http.Version;
import darban.protocol.PlainAnswer;
import darban.protocol.ServerConnection;
import darban.protocol.ServerHandler;
import darban.protocol.ServerOptions;
import darban.protocol.WriteWatch;
import darban.wire.FieldBlock;
import darban.wire.Framing;
import io.netty.handler.codec.http2.Http2Error;

/** A client's HTTP/2 connection. Event loop of its channel. */
public final class Http2Server extends Http2Channel implements ServerConnection {
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack
  private static final Failure TOO_LONG =
      Failure.of(Kind.CONTENT_TOO_LARGE, "request body too large");

  private final ServerOptions options;
  private final ServerHandler handler;
  private final WriteWatch writeWatch = new WriteWatch();
  private long idleSince;
  private long requests;
  private int lastOpened;
  private int lastServed = Integer.MAX_VALUE;
  private boolean draining;
  private long retiredAt;

  /** The handler for a client's channel, the last of its pipeline. */
  public Http2Server(Loop loop, ServerOptions options, ServerHandler handler) {
    super(loop, options.limits(), true);
    this.options = options;
    this.handler = handler;
    this.idleSince = loop.nanos();
  }

  @Override
  FieldBlock fieldBlock() {
    return FieldBlock.ofRequest(limits);
  }

  @Override
  void opened(int id, FieldBlock lines, boolean end) throws Http2Fault {
    if (id % 2 == 0) {
      throw new Http2Fault(Http2Error.PROTOCOL_ERROR, "client opened stream " + id);
    }
    if (id <= lastOpened || id > lastServed) {
      // Under way when we reset it, or said that we would not take it.
      return;
    }
    lastOpened = id;
    if (openStreams() >= limits.streams()) {
      writer().reset(id, Http2Error.REFUSED_STREAM);
      frameWatch().fault(Http2Error.REFUSED_STREAM);
      return;
    }
    requests++;
    Http2Stream stream = open(id, null);
    if (end) {
      stream.peerEnds();
    }
    try {
      begin(stream, lines.request(Version.HTTP_2));
    } catch (Failure wrong) {
      malformed(stream, wrong);
    }
    closeIfOver(stream);
  }

  private void begin(Http2Stream stream, RequestHead head) throws Failure {
    boolean ended = stream.hasPeerEnded();
    long length = length(head);
    if (ended && length > 0) {
      throw Failure.of(Kind.BAD_REQUEST, "no body does not match content-length");
    }
    long most = limits.body();
    if (most > 0 && length > most) {
      throw TOO_LONG;
    }
    Http2ServerStream exchange = new Http2ServerStream(this, stream, head, ended, length);
    stream.owner(exchange);
    if (most > 0 && exchange.incoming() != null) {
      exchange.incoming().limit(most, TOO_LONG);
    }
    handler.request(exchange);
  }

  @Override
  boolean isIdle(int id) {
    return id % 2 == 0 || id > lastOpened;
  }

  @Override
  int lastOpened() {
    return lastOpened;
  }

  private static long length(RequestHead head) {
    String value = head.fields().get(FieldName.CONTENT_LENGTH);
    return value == null ? -1 : Framing.length(value);
  }

  @Override
  void malformed(Http2Stream stream, Failure why) {
    if (stream.owner() != null) {
      streamError(stream.id(), Http2Error.PROTOCOL_ERROR, why);
      return;
    }
    handler.refused(why, "HTTP/2 stream " + stream.id());
    if (why.kind() != Kind.CONTENT_TOO_LARGE) {
      frameWatch().fault(Http2Error.PROTOCOL_ERROR);
    }
    if (why.kind() == Kind.BAD_REQUEST) {
      resetFor(stream, Http2Error.PROTOCOL_ERROR);
      return;
    }
    PlainAnswer answer = PlainAnswer.of(why);
    Http2ServerStream refused =
        new Http2ServerStream(this, stream, Http2ServerStream.REFUSED, false, -1);
    stream.owner(refused);
    refused.body().discard(why);
    refused.respond(answer.head(), answer.body());
  }

  @Override
  void ending(Failure why) {
    handler.refused(why, "HTTP/2 connection");
  }

  /** A stream ended, one way or another. */
  void ended() {
    idleSince = loop.nanos();
    if (draining && openStreams() == 0 && isOpen()) {
      closeWhenSent();
    }
  }

  @Override
  Failure resetBy(long error) {
    return CLOSED;
  }

  @Override
  void goingAway(int last) {
    // The client opens no more streams; those under way go on.
  }

  @Override
  void streamsAllowed(int most) {
    // We open none.
  }

  @Override
  public boolean idleSince(long nanos) {
    return openStreams() == 0 && idleSince - nanos <= 0;
  }

  @Override
  public void drain() {
    draining = true;
    lastServed = lastOpened;
    goAway(lastServed);
    if (openStreams() == 0) {
      context().channel().close();
    }
  }

  private void goAway(int last) {
    writer().goAway(last, Http2Error.NO_ERROR, "");
    writer().flush();
  }

  @Override
  public void retire() {
    // Streams that are on their way here are served: the last one is named a moment later.
    retiredAt = loop.nanos();
    goAway(Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    context().channel().close();
  }

  @Override
  public void tick(long now) {
    Timeouts timeouts = options.timeouts();
    if (writeWatch.stalled(context().channel(), now, timeouts.write().toNanos())) {
      close();
      return;
    }
    if (frameWatch().headPending(now) > timeouts.head().toNanos()) {
      endWith(Http2Error.ENHANCE_YOUR_CALM, "head not complete in time");
      return;
    }
    if (retiredAt != 0 && !draining && now - retiredAt > ServerConnection.FAREWELL_NANOS) {
      drain();
    }
    if (openStreams() == 0) {
      long most = requests == 0 ? timeouts.head().toNanos() : timeouts.idle().toNanos();
      if (now - idleSince > most) {
        endWith(Http2Error.NO_ERROR, "idle");
      }
      return;
    }
    lookAtStreams(now, timeouts);
  }

  private void lookAtStreams(long now, Timeouts timeouts) {
    for (Http2Stream stream : streams()) {
      if (stream.owner() instanceof Http2ServerStream exchange) {
        exchange.tick(now, timeouts);
      }
    }
  }
}
