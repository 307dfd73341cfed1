package darban.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * An origin that does what a test's script says, and keeps every byte it receives. Each connection
 * is served by a thread of its own. Any thread; closed by the test.
 */
public final class ScriptedOrigin implements AutoCloseable {
  /** What is done on a connection. */
  @FunctionalInterface
  public interface Script {
    /** Serves {@code connection}; what it throws ends the connection. */
    void serve(Connection connection) throws IOException;
  }

  /** Answers each request with its method, its target and the length of its body. */
  public static final Script ECHO =
      connection -> {
        for (Request next = connection.next(); next != null; next = connection.next()) {
          connection.answer(next, 200, next.line() + " " + next.body().length());
        }
      };

  private final ServerSocket server;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private volatile Script script = ECHO;

  /** Listens on a free port of this machine. */
  public ScriptedOrigin() {
    try {
      server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Connection connection = new Connection(server.accept());
        Script now = script;
        connections.add(connection);
        Thread.ofVirtual().start(() -> connection.serve(now));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Its port. */
  public int port() {
    return server.getLocalPort();
  }

  /** What is done on connections that come from now on. */
  public ScriptedOrigin script(Script script) {
    this.script = script;
    return this;
  }

  /** Answers every request with these bytes, and takes the next. */
  public ScriptedOrigin answering(String answer) {
    return script(connection -> {
      while (connection.next() != null) {
        connection.send(answer);
      }
    });
  }

  /** Answers the first request of a connection with these bytes and closes. */
  public ScriptedOrigin answeringOnce(String answer) {
    return script(connection -> {
      connection.next();
      connection.send(answer);
    });
  }

  /** The connections so far. */
  public List<Connection> connections() {
    return connections;
  }

  /** Connections that the gateway keeps open. */
  public long open() {
    return connections.stream().filter(each -> !each.over).count();
  }

  /** Open connections on which a request began that has not come whole. */
  public long unfinished() {
    return connections.stream().filter(each -> !each.over && each.unfinished()).count();
  }

  /** The requests that were read, of all connections. */
  public List<Request> requests() {
    return connections.stream().flatMap(each -> each.requests.stream()).toList();
  }

  /** All bytes that came, one byte a character. */
  public String received() {
    StringBuilder all = new StringBuilder();
    connections.forEach(each -> all.append(each.received()));
    return all.toString();
  }

  /** What went wrong while requests were read; empty if all were by the letter. */
  public List<String> faults() {
    return connections.stream().flatMap(each -> each.faults.stream()).toList();
  }

  /** Ends all connections, those too that nobody accepted yet, and forgets what came. */
  public ScriptedOrigin forget() throws Exception {
    // They are accepted in order: when our own has been, all before it have.
    try (Socket last = new Socket(server.getInetAddress(), port())) {
      Await.until(
          Duration.ofSeconds(10),
          () -> connections.stream().anyMatch(each -> each.socket.getPort() == last.getLocalPort()),
          () -> "nothing is accepted");
    }
    endAll();
    return script(ECHO);
  }

  private void endAll() {
    List<Connection> ending = List.copyOf(connections);
    ending.forEach(Connection::end);
    connections.removeAll(ending);
  }

  @Override
  public void close() throws IOException {
    server.close();
    endAll();
  }

  /**
   * A request as the origin read it.
   *
   * @param line method and target
   * @param fields its lines as they came, trailers last
   * @param body one byte a character
   * @param whole whether nothing is missing
   */
  public record Request(String line, List<String> fields, String body, boolean whole) {
    /** The value of the first field of that name, or null. */
    public @Nullable String field(String name) {
      return Messages.value(fields, name);
    }

    /** The values of all fields of that name. */
    public List<String> all(String name) {
      return fields.stream()
          .filter(each -> each.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(each -> each.substring(name.length() + 1).strip())
          .toList();
    }
  }

  /** One connection of the gateway's. */
  public static final class Connection {
    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final InputStream in;
    private volatile boolean over;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      InputStream plain = socket.getInputStream();
      in =
          new InputStream() {
            @Override
            public int read() throws IOException {
              byte[] one = new byte[1];
              return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int length) throws IOException {
              int n = plain.read(into, from, length);
              if (n > 0) {
                synchronized (received) {
                  received.write(into, from, n);
                }
              }
              return n;
            }
          };
    }

    private void serve(Script script) {
      try (socket) {
        script.serve(this);
      } catch (SocketException ended) {
        // By the gateway or by the test: both are what tests look at from outside.
      } catch (IOException | RuntimeException broken) {
        faults.add(String.valueOf(broken.getMessage()));
      } finally {
        over = true;
      }
    }

    /** Reads the next request's head and body; null when the gateway ends the connection. */
    public @Nullable Request next() throws IOException {
      Request head = nextHead();
      return head == null ? null : withBody(head);
    }

    /** Reads the next request's head; its body is to come. */
    public @Nullable Request nextHead() throws IOException {
      List<String> head = Messages.head(in);
      if (head == null) {
        return null;
      }
      String line = head.getFirst();
      if (!line.matches("[A-Z-]+ [!-~]+ HTTP/1\\.1")) {
        throw new IOException("not a request line: " + line);
      }
      List<String> fields = new ArrayList<>(head.subList(1, head.size()));
      Request request = new Request(line.substring(0, line.lastIndexOf(' ')), fields, "", false);
      requests.add(request);
      return request;
    }

    /** Reads the body of a request whose head was read last. */
    public Request withBody(Request head) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      List<String> fields = new ArrayList<>(head.fields());
      boolean whole = Messages.body(in, fields, false, body);
      Request request =
          new Request(head.line(), fields, body.toString(StandardCharsets.ISO_8859_1), whole);
      requests.set(requests.size() - 1, request);
      return request;
    }

    /** Sends an answer with a length, without a body to HEAD. */
    public void answer(Request to, int status, String body) throws IOException {
      String head = "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n";
      send(to.line().startsWith("HEAD ") ? head : head + body);
    }

    /** Sends text, one byte a character. */
    public Connection send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    /** Sends text a byte at a time, each in a segment of its own. */
    public Connection drip(String text) throws IOException {
      for (int i = 0; i < text.length(); i++) {
        send(text.substring(i, i + 1));
      }
      return this;
    }

    /** Reads so many bytes at most. */
    public int read(byte[] into) throws IOException {
      return in.read(into);
    }

    /** Reads exactly so many bytes. */
    public String read(int bytes) throws IOException {
      return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
    }

    /** Reads until the gateway closes its direction. */
    public String readToEnd() throws IOException {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Closes our direction. */
    public void finish() throws IOException {
      socket.shutdownOutput();
    }

    /** Closes so that the gateway sees a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** What came, one byte a character. */
    public String received() {
      synchronized (received) {
        return received.toString(StandardCharsets.ISO_8859_1);
      }
    }

    private boolean unfinished() {
      return !requests.isEmpty() && !requests.getLast().whole();
    }

    /** Whether it is over, from whichever side. */
    public boolean over() {
      return over;
    }

    private void end() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
