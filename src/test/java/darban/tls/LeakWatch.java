package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.Unpooled;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a class of tests after which Netty's leak detector has something to say. */
final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
  private static final Logger LOGGER = Logger.getLogger(ResourceLeakDetector.class.getName());

  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord said) {
          if (said.getMessage().contains("LEAK")) {
            leaks.add(said.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @Override
  public void beforeAll(ExtensionContext test) {
    LOGGER.addHandler(handler);
  }

  @Override
  public void afterAll(ExtensionContext test) {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Unpooled.directBuffer(1).release(); // what was found is told when something new is tracked
    }
    LOGGER.removeHandler(handler);
    assertEquals(List.of(), leaks);
  }
}
