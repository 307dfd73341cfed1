package darban.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP/1.1 origin in a process of its own: gives {@code GET /N} N bytes of {@link Bulk}, and
 * tells of a body that is sent to it how long it was and what it summed up to. Closed by the test.
 */
public final class BulkOrigin implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final Program program;

  private BulkOrigin(Program program) {
    this.program = program;
  }

  /** Starts it. */
  public static BulkOrigin start() throws Exception {
    String classes = Path.of("target/test-classes").toAbsolutePath().toString();
    return new BulkOrigin(
        Program.of(
                DarbanProcess.java(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                BulkOrigin.class.getName())
            .start());
  }

  /** Its port. */
  public int port() throws InterruptedException {
    return Integer.parseInt(program.line("^port (\\d+)$").group(1));
  }

  @Override
  public void close() {
    program.close();
  }

  /** What the process does. */
  public static void main(String[] none) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      System.out.println("port " + server.getLocalPort());
      while (true) {
        Socket socket = server.accept();
        Thread.ofPlatform().start(() -> serve(socket));
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
      while (true) {
        String start = line(in);
        Map<String, String> fields = fields(in);
        if (start.startsWith("GET /")) {
          long length = Long.parseLong(start.substring(5, start.lastIndexOf(' ')));
          out.write(head("Content-Length: " + length));
          Bulk.write(length, out);
        } else {
          String seen = body(in, fields) + "\n";
          out.write(head("Content-Length: " + seen.length()));
          out.write(seen.getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
      }
    } catch (IOException gone) {
      System.out.println("a connection ended: " + gone);
    }
  }

  private static byte[] head(String field) {
    return ("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static Bulk.Seen body(InputStream in, Map<String, String> fields) throws IOException {
    boolean chunked = fields.getOrDefault("transfer-encoding", "").equals("chunked");
    String length = fields.getOrDefault("content-length", "0");
    return chunked
        ? Bulk.read(new Chunks(in), Long.MAX_VALUE)
        : Bulk.read(in, Long.parseLong(length));
  }

  static Map<String, String> fields(InputStream in) throws IOException {
    Map<String, String> fields = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      fields.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return fields;
  }

  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the other side has closed");
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  /** A chunked body, decoded. */
  static final class Chunks extends InputStream {
    private final InputStream in;
    private long left;
    private boolean ended;

    Chunks(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0 && !ended) {
        left = Long.parseLong(line(in), 16);
        ended = left == 0;
        if (ended) {
          line(in);
        }
      }
      if (ended) {
        return -1;
      }
      int n = in.read(into, offset, (int) Math.min(length, left));
      if (n < 0) {
        throw new EOFException("cut within a chunk");
      }
      left -= n;
      if (left == 0) {
        line(in);
      }
      return n;
    }
  }
}
