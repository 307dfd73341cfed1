package darban.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client of bytes: sends exactly what it is told to, and reads answers by the letter of RFC 9112,
 * with none of the gateway's code. Confined to one thread; waits ten seconds at most for any byte.
 */
public final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * What came back.
   *
   * @param status of the status line
   * @param fields its lines as they came
   * @param body as far as it came
   * @param whole whether the framing says that nothing of the body is missing
   */
  public record Answer(int status, List<String> fields, String body, boolean whole) {
    /** The value of the first field of that name, or null. */
    public @Nullable String field(String name) {
      return Messages.value(fields, name);
    }

    /** Whether there is a field of that name. */
    public boolean has(String name) {
      return field(name) != null;
    }
  }

  /** Connects to a port of this machine. */
  public static RawClient connect(int port) throws IOException {
    return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** As {@link #connect(int)}, from another address of this machine, such as 127.0.0.2. */
  public static RawClient connectFrom(String address, int port) throws IOException {
    InetAddress local = InetAddress.getByName(address);
    return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port, local, 0));
  }

  /** As {@link #connect(int)}, with a small receive buffer: a client that is soon full. */
  public static RawClient narrow(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return new RawClient(socket);
  }

  /** Sends text, one byte a character. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** As {@link #send}, where the far side may have closed already. */
  public RawClient sendWhatItTakes(String text) {
    try {
      return send(text);
    } catch (IOException closed) {
      return this;
    }
  }

  /**
   * Starts to send text, so many bytes each tenth of a second, until all is sent or the far side
   * closes. What comes back is read meanwhile.
   */
  public RawClient drip(String text, int bytes) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            for (int i = 0; i < text.length(); i += bytes) {
              send(text.substring(i, Math.min(text.length(), i + bytes)));
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
          } catch (IOException closed) {
            // The test looks at what came back.
          }
        });
    return this;
  }

  /** Closes our direction. */
  public RawClient finish() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Closes at once, so that the far side sees a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Waits no longer than that for a byte. */
  public RawClient patience(int millis) throws IOException {
    socket.setSoTimeout(millis);
    return this;
  }

  /** Our port. */
  public int port() {
    return socket.getLocalPort();
  }

  /** Reads the next answer, interim ones too, as one to GET. */
  public Answer answer() throws IOException {
    return answerTo("GET");
  }

  /** Reads answers up to the final one. */
  public Answer finalAnswer() throws IOException {
    Answer answer = answer();
    while (answer.status() / 100 == 1 && answer.status() != 101) {
      answer = answer();
    }
    return answer;
  }

  /** Reads the next answer to a request of that method. */
  public Answer answerTo(String method) throws IOException {
    List<String> head = Messages.head(in);
    if (head == null) {
      throw new EOFException("closed without an answer");
    }
    String line = head.getFirst();
    if (!line.matches("HTTP/1\\.1 [1-9][0-9][0-9] .*")) {
      throw new IOException("not a status line: " + line);
    }
    int status = Integer.parseInt(line.substring(9, 12));
    List<String> fields = new ArrayList<>(head.subList(1, head.size()));
    boolean bodiless =
        status / 100 == 1
            || status == 204
            || status == 304
            || method.equals("HEAD")
            || (method.equals("CONNECT") && status / 100 == 2);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean whole = bodiless || Messages.body(in, fields, true, body);
    return new Answer(status, fields, body.toString(StandardCharsets.ISO_8859_1), whole);
  }

  /** Reads exactly so many bytes. */
  public String read(int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length < bytes) {
      throw new EOFException("only " + read.length + " bytes came");
    }
    return new String(read, StandardCharsets.ISO_8859_1);
  }

  /** Whether the far side closes now, in order or by a reset, without another byte. */
  public boolean isClosed() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** Whether a chunked body comes to its end, and not to a close or a reset before it. */
  public boolean readsLastChunk() throws IOException {
    StringBuilder read = new StringBuilder();
    try {
      for (int b = in.read(); b >= 0; b = in.read()) {
        read.append((char) b);
      }
    } catch (java.net.SocketException reset) {
      return false;
    }
    return read.toString().endsWith("\r\n0\r\n\r\n");
  }

  /** Reads to the end; whether that is a reset and no close in order. */
  public boolean endsInReset() throws IOException {
    try {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return false;
    } catch (java.net.SocketException reset) {
      return true;
    }
  }

  /** Reads until the far side closes its direction in order. */
  public String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
