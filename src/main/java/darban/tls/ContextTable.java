package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a listener answers a client's hello with: the identities and their contexts, which can be
 * put in the place of the old ones while handshakes go on. Any thread.
 *
 * <p>It refers to no context that refers to it: the native part of the QUIC root holds this table
 * for ever, and a circle through native memory would never be collected.
 */
final class ContextTable {
  /** What is in force together. */
  record Content(Identities identities, Shelf shelf) {}

  private volatile Content content;
  private boolean closed;

  ContextTable(Content content) {
    this.content = content;
  }

  Identities identities() {
    return content.identities();
  }

  /** Puts {@code next} in force and gives up the contexts of before. */
  synchronized void swap(Content next) {
    if (closed) {
      next.shelf().close();
      return;
    }
    Content last = content;
    content = next;
    last.shelf().close();
  }

  /** Gives up all contexts; look-ups fail from now on. */
  synchronized void close() {
    closed = true;
    content.shelf().close();
  }

  /**
   * Finds the context for one TCP connection. The result is told on {@code executor}, by a future
   * whose context the caller releases.
   */
  Future<SslContext> lease(@Nullable String name, EventExecutor executor) {
    CompletableFuture<Identity> identity = content.identities().find(name);
    Promise<SslContext> promise = executor.newPromise();
    if (identity.isDone()) {
      lease(identity, promise);
    } else {
      identity.whenComplete((made, failed) -> executor.execute(() -> lease(identity, promise)));
    }
    return promise;
  }

  private void lease(CompletableFuture<Identity> made, Promise<SslContext> promise) {
    try {
      promise.setSuccess(lease(made.join()));
    } catch (CompletionException none) {
      promise.setFailure(none.getCause() == null ? none : none.getCause());
    } catch (Failure refused) {
      promise.setFailure(refused);
    }
  }

  private SslContext lease(Identity identity) throws Failure {
    // A shelf is closed just after another took its place: then that other one has a context.
    Content now = content;
    SslContext context = now.shelf().lease(identity);
    while (context == null) {
      Content next = content;
      if (next == now) {
        throw Failure.of(Kind.STOPPING, "the listener is closed");
      }
      now = next;
      context = now.shelf().lease(identity);
    }
    return context;
  }

  /**
   * Finds the context for a QUIC connection, at once: the codec asks in the midst of a packet. For
   * an identity that is still being made the connection gets a context of its own that waits for
   * it, off the event loop. Null, which ends the handshake, where there is none for that name.
   */
  @Nullable QuicSslContext quic(@Nullable String name) {
    Content now = content;
    CompletableFuture<Identity> identity = now.identities().find(name);
    if (!identity.isDone()) {
      return now.shelf().quic(identity);
    }
    if (identity.isCompletedExceptionally()) {
      return null;
    }
    QuicSslContext context = now.shelf().quic(identity.join());
    return context == null && content != now ? quic(name) : context;
  }
}
