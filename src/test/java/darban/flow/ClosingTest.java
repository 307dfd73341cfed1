package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Guard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of what was queued when a socket of io_uring is closed. */
@ExtendWith(Guard.class)
class ClosingTest {
  private final Socket socket = Closing.in(Transport.IO_URING, new Socket());

  /** One whose peer takes something or nothing. */
  private static final class Socket extends EmbeddedChannel {
    private boolean takes;
    private int reads;

    /** It takes all that is queued, as one that a completion comes for. */
    void take() {
      takes = true;
      flush();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer queued) throws Exception {
      if (takes) {
        super.doWrite(queued);
      }
    }

    @Override
    protected void doBeginRead() {
      reads++;
    }

    String taken() {
      StringBuilder all = new StringBuilder();
      for (ByteBuf each = readOutbound(); each != null; each = readOutbound()) {
        all.append(each.toString(StandardCharsets.US_ASCII));
        each.release();
      }
      return all.toString();
    }
  }

  @BeforeEach
  void begin() {
    socket.freezeTime();
  }

  @AfterEach
  void end() {
    socket.finishAndReleaseAll();
  }

  private void queue(String text) {
    socket.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private ChannelFuture close() {
    // That of the embedded channel would forget what is to happen later.
    return socket.pipeline().close();
  }

  private void pass(int millis) {
    socket.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    socket.runPendingTasks();
  }

  @Test
  void nothingQueued_closesAtOnce() {
    assertTrue(close().isSuccess());
  }

  @Test
  void queued_goesBeforeItCloses() {
    queue("sa");
    queue("lam");
    ChannelFuture closed = close();
    pass(50);
    assertFalse(closed.isDone());
    socket.take();
    assertTrue(closed.isSuccess());
    assertEquals("salam", socket.taken());
  }

  @Test
  void queued_forAPeerThatTakesNothing_closesInTime() {
    queue("salam");
    ChannelFuture closed = close();
    pass(100);
    assertTrue(closed.isSuccess());
    assertFalse(socket.isOpen());
    assertEquals("", socket.taken());
  }

  @Test
  void closedAgain_closesAtOnce() {
    queue("salam");
    ChannelFuture first = close();
    ChannelFuture second = close();
    assertTrue(second.isSuccess());
    pass(100);
    assertTrue(first.isSuccess());
  }

  @Test
  void closing_readsNothingMore() {
    queue("salam");
    int before = socket.reads;
    socket.read();
    assertEquals(before + 1, socket.reads);
    close();
    socket.read();
    assertEquals(before + 1, socket.reads);
  }
}
