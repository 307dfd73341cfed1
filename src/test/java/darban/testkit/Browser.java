package darban.testkit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Chromium without a window, driven by its DevTools protocol over a WebSocket. One per test, with a
 * profile of its own that lies in the test's folder. Any thread; closed by the test.
 */
public final class Browser implements AutoCloseable {
  private static final int MOST = 64 * 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final WebSocketClient client;
  private final Program program;
  private @Nullable WebSocket socket;
  private final AtomicInteger calls = new AtomicInteger();
  private final Map<Integer, Promise<JsonObject>> waiting = new ConcurrentHashMap<>();

  private Browser(Path folder, List<String> flags) throws Exception {
    program = Program.of(command(folder, flags)).with("HOME", folder.toString()).start();
    client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(MOST).setMaxMessageSize(MOST));
    try {
      String address = program.line("DevTools listening on (ws://\\S+)").group(1);
      socket = Await.result(client.connect(new WebSocketConnectOptions().setAbsoluteURI(address)));
    } catch (Exception | AssertionError failed) {
      close();
      throw failed;
    }
    socket.textMessageHandler(this::answered);
  }

  private static List<String> command(Path folder, List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Peers.find("chromium", "chromium"));
    command.addAll(
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--autoplay-policy=no-user-gesture-required",
            "--mute-audio",
            // Chromium asks its maker for this and that; not from a test.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            "--host-rules=MAP * 127.0.0.1:1, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            "--remote-debugging-port=0",
            "--user-data-dir=" + folder.resolve("chromium")));
    command.addAll(flags);
    command.add("about:blank");
    return command;
  }

  /** Starts Chromium with further {@code flags}. */
  public static Browser start(Path folder, String... flags) throws Exception {
    return new Browser(folder, List.of(flags));
  }

  private void answered(String text) {
    JsonObject message = new JsonObject(text);
    Integer id = message.getInteger("id");
    Promise<JsonObject> promise = id == null ? null : waiting.remove(id);
    if (promise == null) {
      return;
    }
    JsonObject error = message.getJsonObject("error");
    if (error == null) {
      promise.complete(message.getJsonObject("result"));
    } else {
      promise.fail(error.encode());
    }
  }

  private JsonObject call(@Nullable String session, String method, JsonObject parameters)
      throws Exception {
    int id = calls.incrementAndGet();
    Promise<JsonObject> promise = Promise.promise();
    waiting.put(id, promise);
    JsonObject message =
        new JsonObject().put("id", id).put("method", method).put("params", parameters);
    if (session != null) {
      message.put("sessionId", session);
    }
    Future<JsonObject> answer =
        Objects.requireNonNull(socket)
            .writeTextMessage(message.encode())
            .compose(sent -> promise.future());
    return Await.result(answer);
  }

  /** A new tab. */
  public Page page() throws Exception {
    JsonObject target =
        call(null, "Target.createTarget", new JsonObject().put("url", "about:blank"));
    JsonObject attached =
        call(
            null,
            "Target.attachToTarget",
            new JsonObject().put("targetId", target.getString("targetId")).put("flatten", true));
    return new Page(attached.getString("sessionId"));
  }

  /** One tab. */
  public final class Page {
    private final String session;

    private Page(String session) {
      this.session = session;
    }

    /** Goes to {@code url} and waits until it is loaded. */
    public void open(String url) throws Exception {
      JsonObject went = call(session, "Page.navigate", new JsonObject().put("url", url));
      if (went.containsKey("errorText")) {
        throw new AssertionError(url + ": " + went.getString("errorText"));
      }
      until("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /** What a navigation to {@code url} fails with. */
    public String failure(String url) throws Exception {
      JsonObject went = call(session, "Page.navigate", new JsonObject().put("url", url));
      return went.getString("errorText", "");
    }

    /** Whether its reader wishes for {@code light} or {@code dark}. */
    public void scheme(String wish) throws Exception {
      JsonObject feature = new JsonObject().put("name", "prefers-color-scheme").put("value", wish);
      JsonObject media = new JsonObject().put("features", new JsonArray().add(feature));
      call(session, "Emulation.setEmulatedMedia", media);
    }

    /** How wide its window is. */
    public void width(int pixels) throws Exception {
      JsonObject size = new JsonObject().put("width", pixels).put("height", 900);
      size.put("deviceScaleFactor", 1).put("mobile", false);
      call(session, "Emulation.setDeviceMetricsOverride", size);
    }

    /** Goes on to what the key Tab leads to. */
    public void tab() throws Exception {
      for (String type : List.of("rawKeyDown", "keyUp")) {
        JsonObject key = new JsonObject().put("type", type).put("key", "Tab").put("code", "Tab");
        call(session, "Input.dispatchKeyEvent", key.put("windowsVirtualKeyCode", 9));
      }
    }

    /** The value of a JavaScript expression; a promise's when it is kept. */
    public @Nullable Object value(String expression) throws Exception {
      JsonObject result =
          call(
              session,
              "Runtime.evaluate",
              new JsonObject()
                  .put("expression", expression)
                  .put("awaitPromise", true)
                  .put("returnByValue", true));
      if (result.containsKey("exceptionDetails")) {
        throw new AssertionError(expression + "\n" + result.encodePrettily());
      }
      return result.getJsonObject("result").getValue("value");
    }

    /** The value of an expression, as text. */
    public String text(String expression) throws Exception {
      return String.valueOf(value(expression));
    }

    /** The value of an expression, as a number. */
    public double number(String expression) throws Exception {
      return value(expression) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Waits until an expression is true. */
    public void until(String expression) throws Exception {
      Await.until(
          PATIENCE,
          () -> Boolean.TRUE.equals(value("Boolean(" + expression + ")")),
          () ->
              expression + " does not come true on " + text("document.documentElement.outerHTML"));
    }

    /** The version of HTTP that the page came by, such as {@code h2}. */
    public String protocol() throws Exception {
      return text("performance.getEntriesByType('navigation')[0].nextHopProtocol");
    }
  }

  @Override
  public void close() {
    try {
      if (socket != null && program.runs()) {
        call(null, "Browser.close", new JsonObject());
        program.status();
      }
      program.close();
      Await.result(vertx.close());
    } catch (Exception failed) {
      throw new AssertionError("the browser's connection does not close", failed);
    }
  }
}
