package darban.protocol.h2;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Limits;
import darban.flow.Loop;
import darban.flow.Watched;
import darban.protocol.WriteWatch;
import darban.wire.FieldBlock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What both roles of HTTP/2 share: the streams, their windows, and writing out once for all that
 * one read caused. Event loop of its channel.
 */
abstract class Http2Channel extends ChannelInboundHandlerAdapter implements Watched {
  /** Bytes that a peer may send on a stream before they are taken. */
  static final int STREAM_WINDOW = 256 * 1024;

  /** The same for all streams together. */
  static final int CONNECTION_WINDOW = 1024 * 1024;

  /** Of a stream, whatever ended it. */
  @SuppressWarnings("StaticAssignmentOfThrowable") // it has no stack
  static final Failure CLOSED = Failure.of(Kind.CONNECTION_TERMINATED, "stream closed");

  /** What it is before we say more (RFC 9113 §6.9.2). */
  private static final int FIRST_WINDOW = 65_535;

  final Loop loop;
  final Limits limits;
  private final boolean serving;
  private final FrameWatch frameWatch;
  private final FrameReader reader;
  private final IntObjectMap<Http2Stream> streams = new IntObjectHashMap<>();
  private final List<Http2Incoming> unflushed = new ArrayList<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable FrameWriter writer;
  private @Nullable Sending sending;
  private int mayCome = CONNECTION_WINDOW;
  private int taken;
  private boolean reading;
  private boolean flushWanted;
  private boolean ended;
  private int watchIndex = -1;

  Http2Channel(Loop loop, Limits limits, boolean serving) {
    this.loop = loop;
    this.limits = limits;
    this.serving = serving;
    this.frameWatch = new FrameWatch(loop, serving, limits.floods(), new Alarm());
    this.reader = new FrameReader(serving, loop.scratch(), limits.head(), new PeerFrames(this));
  }

  // What a role does

  /** A head came on stream {@code id}, which is new. */
  abstract void opened(int id, FieldBlock lines, boolean end) throws Http2Fault;

  /** What takes the lines of a head. */
  abstract FieldBlock fieldBlock();

  /** Whether the peer cannot have sent anything on stream {@code id} yet. */
  abstract boolean isIdle(int id);

  /** The last stream that the peer opened. */
  abstract int lastOpened();

  /** A malformed head or body on {@code stream}: the peer is told by a reset. */
  abstract void malformed(Http2Stream stream, Failure why);

  /** Why a stream is over that the peer has reset. */
  abstract Failure resetBy(long error);

  /** The peer allows so many streams of our making. */
  abstract void streamsAllowed(int most);

  /** The peer will take no new streams. */
  abstract void goingAway(int last);

  /** We end the connection because of the peer; for the log. */
  abstract void ending(Failure why);

  // The channel

  final ChannelHandlerContext context() {
    return Objects.requireNonNull(context);
  }

  final FrameWriter writer() {
    return Objects.requireNonNull(writer);
  }

  final Sending sending() {
    return Objects.requireNonNull(sending);
  }

  final FrameWatch frameWatch() {
    return frameWatch;
  }

  final boolean isOpen() {
    return context != null && context.channel().isActive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    FrameWriter to = new FrameWriter(loop, ctx);
    writer = to;
    sending = new Sending(to, this::weEnded);
    loop.watch(this);
    if (!serving) {
      to.preface();
    }
    to.settings(settings());
    to.windowUpdate(0, CONNECTION_WINDOW - FIRST_WINDOW);
    to.flush();
  }

  private int[] settings() {
    int window = Setting.INITIAL_WINDOW_SIZE;
    int list = Setting.MAX_HEADER_LIST_SIZE;
    return serving
        ? new int[] {
          Setting.MAX_CONCURRENT_STREAMS,
          limits.streams(),
          window,
          STREAM_WINDOW,
          list,
          limits.head(),
          Setting.ENABLE_CONNECT_PROTOCOL,
          1
        }
        : new int[] {Setting.ENABLE_PUSH, 0, window, STREAM_WINDOW, list, limits.head()};
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    loop.unwatch(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    reading = true;
    try {
      reader.read(bytes);
    } catch (Http2Fault fault) {
      ending(
          Failure.of(Kind.BAD_REQUEST, "HTTP/2 connection error", fault)
              .detailed(String.valueOf(fault.getMessage())));
      endWith(fault.error(), String.valueOf(fault.getMessage()));
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    for (int i = 0; i < unflushed.size(); i++) {
      unflushed.get(i).readComplete();
    }
    unflushed.clear();
    flushWanted = false;
    writer().flushIfAny();
  }

  /** Sends out what was written: now, or when the read under way is used up. */
  final void flush() {
    if (reading) {
      flushWanted = true;
    } else {
      writer().flush();
    }
  }

  /** Lets {@code body} tell its reader once this read is used up; at once outside a read. */
  final void flushLater(Http2Incoming body) {
    if (reading) {
      unflushed.add(body);
    } else {
      body.readComplete();
      writer().flushIfAny();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      sending().goOn();
      flush();
    } else if (flushWanted) {
      flushWanted = false;
      writer().flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closeAll(Failure.of(Kind.CONNECTION_TERMINATED, "connection closed"));
    writer().flush();
  }

  /** The connection is lost: the streams are told when the channel is closed. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /** Closes when what was written is sent. */
  final void closeWhenSent() {
    writer().tell(done -> context().channel().close());
    flush();
  }

  // Streams

  /** A stream, open from now on. */
  final Http2Stream open(int id, Http2Stream.@Nullable Owner owner) {
    Http2Stream stream = new Http2Stream(id, STREAM_WINDOW, sending().streamWindow());
    if (owner != null) {
      stream.owner(owner);
    }
    streams.put(id, stream);
    return stream;
  }

  final @Nullable Http2Stream stream(int id) {
    return streams.get(id);
  }

  final int openStreams() {
    return streams.size();
  }

  /** The streams there are now. */
  final List<Http2Stream> streams() {
    return new ArrayList<>(streams.values());
  }

  private void weEnded(Http2Stream stream) {
    stream.weEnd();
    closeIfOver(stream);
  }

  /** Closes a stream that both sides have ended. */
  final void closeIfOver(Http2Stream stream) {
    if (stream.hasPeerEnded() && stream.haveWeEnded()) {
      close(stream, CLOSED);
    }
  }

  final void close(Http2Stream stream, Failure why) {
    if (stream.isClosed()) {
      return;
    }
    stream.close();
    streams.remove(stream.id());
    sending().forget(stream);
    Http2Stream.Owner owner = stream.owner();
    if (owner != null) {
      owner.closed(why);
    }
  }

  final void closeAll(Failure why) {
    streams().forEach(stream -> close(stream, why));
  }

  /** Resets a stream. */
  final void resetFor(Http2Stream stream, Http2Error error) {
    if (!stream.isClosed()) {
      writer().reset(stream.id(), error);
      close(stream, CLOSED);
      flush();
    }
  }

  /** The peer broke a rule on stream {@code id}, which is reset (RFC 9113 §5.4.2). */
  final void streamError(int id, Http2Error error, String what) {
    streamError(id, error, Failure.of(Kind.BAD_REQUEST, "malformed HTTP/2 message").detailed(what));
  }

  final void streamError(int id, Http2Error error, Failure why) {
    Http2Stream stream = streams.get(id);
    writer().reset(id, error);
    if (stream != null) {
      close(stream, why);
    }
    frameWatch.fault(error);
  }

  // Windows for what comes

  /** Counts what came; false if it is more than we allowed. */
  final boolean came(int bytes) {
    mayCome -= bytes;
    return mayCome >= 0;
  }

  /** Bytes of {@code stream}, or of one that is over, were taken: the peer may send more. */
  final void take(@Nullable Http2Stream stream, int bytes) {
    taken += bytes;
    if (taken >= CONNECTION_WINDOW / 2) {
      mayCome += taken;
      writer().windowUpdate(0, taken);
      taken = 0;
    }
    int more = stream == null ? 0 : stream.take(bytes, STREAM_WINDOW);
    if (stream != null && more > 0) {
      writer().windowUpdate(stream.id(), more);
    }
    if (!reading) {
      writer().flushIfAny();
    }
  }

  // The end

  /** What the watch over frames found. */
  private final class Alarm implements FrameWatch.Alarm {
    @Override
    public void flooded(FrameWatch.Flood flood) {
      ending(
          Failure.of(Kind.TOO_MANY_REQUESTS, "too many frames of one kind")
              .detailed(flood.name() + " flood"));
      endWith(Http2Error.ENHANCE_YOUR_CALM, flood.name());
    }

    @Override
    public void reused(Http2Error error) {
      ending(Failure.of(Kind.BAD_REQUEST, "stream used again").detailed(error.name()));
      endWith(error, "stream used again");
    }
  }

  /** Whether we have ended it: what still comes is of no interest. */
  final boolean hasEnded() {
    return ended;
  }

  /** Says why and closes, without waiting for anything. */
  final void endWith(Http2Error error, String reason) {
    if (!ended) {
      ended = true;
      writer().goAway(lastOpened(), error, reason);
      writer().flush();
      context().channel().close();
    }
  }

  @Override
  public final long held() {
    return CONNECTION_WINDOW - mayCome - taken + WriteWatch.waiting(context().channel());
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }
}
