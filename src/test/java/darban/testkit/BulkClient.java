package darban.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The other end of {@link BulkOrigin}: sends and gets bytes without end. HTTP/1.1 over a socket of
 * its own, HTTP/2 by curl. Any thread; each call blocks until all is transferred.
 */
public final class BulkClient {
  private static final int BUFFER = 256 * 1024;

  private final int port;

  /** A client of the gateway on that port of the loopback address. */
  public BulkClient(int port) {
    this.port = port;
  }

  /** What the far end must have seen, or we, of {@code length} bytes. */
  public static String right(long length) {
    return Bulk.right(length).toString();
  }

  /** Sends {@code length} bytes by HTTP/1.1; what the origin says it saw. */
  public String upload(long length, boolean chunked) throws IOException {
    String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
      out.write(ascii("PUT /up HTTP/1.1\r\nHost: gate\r\n" + framing + "\r\n\r\n"));
      Bulk.generate(
          length,
          (piece, n) -> {
            if (chunked) {
              out.write(ascii(Integer.toHexString(n) + "\r\n"));
            }
            out.write(piece, 0, n);
            if (chunked) {
              out.write(ascii("\r\n"));
            }
          });
      out.write(ascii(chunked ? "0\r\n\r\n" : ""));
      out.flush();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int answer = length(in);
      return new String(in.readNBytes(answer), StandardCharsets.US_ASCII).strip();
    }
  }

  /** Gets {@code length} bytes by HTTP/1.1; what came. */
  public String download(long length) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(ascii("GET /" + length + " HTTP/1.1\r\nHost: gate\r\n\r\n"));
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
      BulkOrigin.line(in);
      Map<String, String> fields = BulkOrigin.fields(in);
      return Bulk.read(in, Long.parseLong(fields.get("content-length"))).toString();
    }
  }

  private static int length(InputStream in) throws IOException {
    String status = BulkOrigin.line(in);
    Map<String, String> fields = BulkOrigin.fields(in);
    if (!status.contains(" 200 ")) {
      throw new IOException(status);
    }
    return Integer.parseInt(fields.get("content-length"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends {@code length} bytes by HTTP/2, of no declared length; what the origin says it saw. */
  public String upload2(long length) throws Exception {
    Process curl = curl("-T", "-", "http://127.0.0.1:" + port + "/up");
    try (OutputStream out = curl.getOutputStream()) {
      Bulk.write(length, out);
    }
    String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    return checked(curl, answer.strip());
  }

  /** Gets {@code length} bytes by HTTP/2; what came. */
  public String download2(long length) throws Exception {
    Process curl = curl("http://127.0.0.1:" + port + "/" + length);
    return checked(curl, Bulk.read(curl.getInputStream(), Long.MAX_VALUE).toString());
  }

  private static Process curl(String... arguments) throws IOException {
    java.util.List<String> command = new java.util.ArrayList<>();
    command.add(Peers.find("curl", "curl"));
    command.addAll(java.util.List.of("-q", "-sS", "--noproxy", "*", "--http2-prior-knowledge"));
    command.addAll(java.util.List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String checked(Process curl, String answer) throws InterruptedException {
    if (curl.waitFor() != 0) {
      throw new AssertionError("curl ended with " + curl.exitValue() + ": " + answer);
    }
    return answer;
  }
}
