package darban.tls;

import darban.base.Failure;
import darban.base.Ticker;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.security.SecureRandom;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The contexts in use under one policy, by identity; beyond its bound the one longest unused goes.
 *
 * <p>Any thread: one lock, held for a look-up (some 50 ns) or for making a context (some 20 µs).
 * Closed by the {@link ContextTable} that put another in its place. After that it gives no more
 * contexts, so none can be missed by the close.
 */
final class Shelf {
  private final ContextFactory factory;
  private final Ticker ticker;
  private final SecureRandom random;
  private final int bound;
  private final Map<Identity, TlsContexts> contexts = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  Shelf(ContextFactory factory, Ticker ticker, SecureRandom random, int bound) {
    this.factory = factory;
    this.ticker = ticker;
    this.random = random;
    this.bound = bound;
  }

  /** Makes a context for each identity, or fails: what the engine refuses must not be in force. */
  void check(List<Identity> identities) throws Failure {
    try {
      identities.forEach(identity -> ReferenceCountUtil.release(lease(identity)));
    } catch (Failure refused) {
      close();
      throw refused;
    }
  }

  /** A context for one TCP connection, which the caller releases; null once closed. */
  synchronized @Nullable SslContext lease(Identity identity) throws Failure {
    return closed ? null : of(identity).lease();
  }

  /** A context for a QUIC connection; null once closed. */
  synchronized @Nullable QuicSslContext quic(Identity identity) {
    return closed ? null : of(identity).quic();
  }

  /** A context for one QUIC connection whose identity is still being made. */
  QuicSslContext quic(CompletableFuture<Identity> identity) {
    QuicSslContext context = factory.quic(identity);
    TlsContexts.seal(context, new TicketKeys(ticker, random));
    return context;
  }

  private TlsContexts of(Identity identity) {
    TlsContexts found = contexts.get(identity);
    if (found == null) {
      found = new TlsContexts(factory, identity, new TicketKeys(ticker, random));
      contexts.put(identity, found);
      trim();
    }
    return found;
  }

  private void trim() {
    Iterator<TlsContexts> eldest = contexts.values().iterator();
    while (contexts.size() > bound) {
      eldest.next().close();
      eldest.remove();
    }
  }

  synchronized void close() {
    closed = true;
    contexts.values().forEach(TlsContexts::close);
    contexts.clear();
  }
}
