package darban.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 frames in clear: sends exactly the frames it is told to, right or wrong.
 * Confined to one thread; waits ten seconds at most for any byte.
 */
public final class RawHttp2 implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;
  public static final int PADDED = 8;

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private RawHttp2(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** A frame as it came. */
  public record Frame(int type, int flags, int stream, ByteBuffer payload) {
    /** The error code of RST_STREAM and GOAWAY. */
    public int error() {
      return payload.getInt(type == GOAWAY ? 4 : 0);
    }

    /** Whether it is the last of its stream. */
    public boolean ends() {
      return type <= HEADERS && (flags & END_STREAM) != 0;
    }
  }

  /** Connects to a port of this machine, and sends the preface and these settings. */
  public static RawHttp2 connect(int port, int... settings) throws IOException {
    RawHttp2 client = new RawHttp2(new Socket(InetAddress.getLoopbackAddress(), port));
    client.out.writeBytes(PREFACE);
    return client.settings(settings).flush();
  }

  /** Adds a frame to what {@link #flush} sends. */
  public RawHttp2 frame(int type, int flags, int stream, byte... payload) {
    int length = payload.length;
    out.writeBytes(
        new byte[] {
          (byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type, (byte) flags
        });
    number(stream);
    out.writeBytes(payload);
    return this;
  }

  private void number(int n) {
    out.writeBytes(bytes(n));
  }

  /** Four bytes. */
  public static byte[] bytes(int n) {
    return new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
  }

  /** SETTINGS of identifiers and values in turn. */
  public RawHttp2 settings(int... idsAndValues) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    for (int i = 0; i < idsAndValues.length; i += 2) {
      payload.write(idsAndValues[i] >> 8);
      payload.write(idsAndValues[i]);
      payload.writeBytes(bytes(idsAndValues[i + 1]));
    }
    return frame(SETTINGS, 0, 0, payload.toByteArray());
  }

  /** HEADERS of one frame, of names and values in turn. */
  public RawHttp2 headers(int stream, int flags, String... namesAndValues) {
    return frame(HEADERS, flags | END_HEADERS, stream, block(namesAndValues));
  }

  /** A GET without a body. */
  public RawHttp2 get(int stream, String path) {
    return headers(stream, END_STREAM, request("GET", path));
  }

  /** The head of a POST whose body is to come. */
  public RawHttp2 post(int stream, String path) {
    return headers(stream, 0, request("POST", path));
  }

  /** The head of a POST whose body is said to have that length. */
  public RawHttp2 upload(int stream, String length) {
    return headers(
        stream,
        0,
        ":method",
        "POST",
        ":scheme",
        "http",
        ":authority",
        "h",
        ":path",
        "/",
        "content-length",
        length);
  }

  /** RST_STREAM that says CANCEL. */
  public RawHttp2 reset(int stream) {
    return frame(RST_STREAM, 0, stream, bytes(8));
  }

  /** The pseudo-header fields of a request. */
  public static String[] request(String method, String path) {
    return new String[] {
      ":method", method, ":scheme", "http", ":authority", "h", ":path", path,
    };
  }

  /** Names and values in turn as a header block: literals, never indexed, no Huffman coding. */
  public static byte[] block(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i++) {
      if (i % 2 == 0) {
        block.write(0x10);
      }
      byte[] text = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
      length(block, text.length);
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  private static void length(ByteArrayOutputStream block, int n) {
    if (n < 127) {
      block.write(n);
      return;
    }
    block.write(127);
    int rest = n - 127;
    while (rest >= 128) {
      block.write(rest % 128 | 128);
      rest /= 128;
    }
    block.write(rest);
  }

  /** Sends what was added. */
  public RawHttp2 flush() throws IOException {
    byte[] bytes = out.toByteArray();
    out.reset();
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** As {@link #flush}; false when the far side has closed. */
  public boolean flushes() {
    try {
      flush();
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /** Sends what was added, a byte each so many milliseconds; false when the far side closes. */
  public boolean drips(int everyMillis) {
    byte[] bytes = out.toByteArray();
    out.reset();
    try {
      for (byte each : bytes) {
        socket.getOutputStream().write(each);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(everyMillis));
      }
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  /** Reads a frame; null when the far side has closed, in order or by a reset. */
  public @Nullable Frame next() throws IOException {
    try {
      int first = in.readInt();
      int length = first >>> 8;
      int type = first & 0xff;
      int flags = in.read();
      int stream = in.readInt() & 0x7fffffff;
      return new Frame(type, flags, stream, ByteBuffer.wrap(in.readNBytes(length)));
    } catch (EOFException | SocketException closed) {
      return null;
    }
  }

  /** Whether something can be read without waiting. */
  public boolean hasNext() {
    try {
      return in.available() > 0;
    } catch (IOException closed) {
      return false;
    }
  }

  /** Reads up to a frame that is wanted; answers settings meanwhile. */
  public Frame await(Predicate<Frame> wanted) throws IOException {
    while (true) {
      Frame frame = next();
      if (frame == null) {
        throw new EOFException("closed");
      }
      if (frame.type() == SETTINGS && (frame.flags() & ACK) == 0) {
        frame(SETTINGS, ACK, 0).flush();
      }
      if (wanted.test(frame)) {
        return frame;
      }
    }
  }

  /** Reads up to the head of the answer on {@code stream}. */
  public Http2Headers answer(int stream) throws IOException {
    while (true) {
      // Each head counts, since all share a table.
      Frame head = await(each -> each.type() == HEADERS);
      Http2Headers fields = decoded(head);
      if (head.stream() == stream) {
        return fields;
      }
    }
  }

  /** The fields of a HEADERS frame; each is to be decoded once, in order. */
  public Http2Headers decoded(Frame headers) throws IOException {
    ByteBuf block = Unpooled.wrappedBuffer(headers.payload().duplicate());
    try {
      return decoder.decodeHeaders(headers.stream(), block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** Reads to the end of the connection; the GOAWAY that came before it, or null. */
  public @Nullable Frame goAway() throws IOException {
    Frame last = null;
    for (Frame each = next(); each != null; each = next()) {
      if (each.type() == GOAWAY) {
        last = each;
      }
    }
    return last;
  }

  /** Waits no longer than that for a byte. */
  public RawHttp2 patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  /** Closes at once, so that the far side sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
