package darban.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An origin with any number of objects, whose bytes their names tell: {@code /KIND/NUMBER/LENGTH}.
 * The kind is {@code strong}, {@code weak} or {@code none}, as its validator is. All may be stored
 * for an hour, and carry the tag {@code tNUMBER}. Any thread; closed by the test.
 */
public final class ObjectOrigin implements AutoCloseable {
  private static final Pattern PATH = Pattern.compile("/(strong|weak|none)/(\\d+)/(\\d+)");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile int age = 3600;

  /** Listens on a free port of this machine. */
  public ObjectOrigin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** Its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Requests so far. */
  public int requests() {
    return requests.get();
  }

  /** Answers are fresh for that many seconds from now on. */
  public void age(int seconds) {
    age = seconds;
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    Matcher named = PATH.matcher(path);
    if (!named.matches()) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
      return;
    }
    int length = Integer.parseInt(named.group(3));
    var fields = exchange.getResponseHeaders();
    fields.set("Cache-Control", "max-age=" + age);
    fields.set("Surrogate-Key", "t" + named.group(2));
    if (!named.group(1).equals("none")) {
      String mark = named.group(1).equals("weak") ? "W/" : "";
      fields.set("ETag", mark + '"' + named.group(2) + '"');
    }
    boolean parts = named.group(1).equals("strong");
    if (parts) {
      fields.set("Accept-Ranges", "bytes");
    }
    Matcher part = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
    if (parts && part.matches()) {
      partial(exchange, path, length, part);
    } else {
      send(exchange, 200, path, 0, length);
    }
  }

  private static void partial(HttpExchange exchange, String path, int length, Matcher part)
      throws IOException {
    int from = Integer.parseInt(part.group(1));
    int last = part.group(2).isEmpty() ? length - 1 : Integer.parseInt(part.group(2));
    int to = Math.min(last, length - 1) + 1;
    if (from >= length) {
      exchange.getResponseHeaders().set("Content-Range", "bytes */" + length);
      exchange.sendResponseHeaders(416, -1);
      exchange.close();
      return;
    }
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + length);
    send(exchange, 206, path, from, to);
  }

  private static void send(HttpExchange exchange, int status, String path, int from, int to)
      throws IOException {
    exchange.sendResponseHeaders(status, to == from ? -1 : to - from);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(Noise.array(), Noise.at(path, from), to - from);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
