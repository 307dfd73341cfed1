package darban.tls;

import darban.base.Failure;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of one identity, for TCP and for QUIC, each made when first asked for, with session
 * ticket keys that they share with no other identity: a ticket that was given under one certificate
 * resumes nothing under another.
 *
 * <p>Guarded by its {@link Shelf}, which also closes it. Closing gives up our own count of the TCP
 * context; connections that live on hold theirs. The QUIC context has no count in Netty: it is
 * freed when nothing refers to it any more.
 */
final class TlsContexts {
  private final ContextFactory factory;
  private final Identity identity;
  private final TicketKeys tickets;
  private List<byte[]> keys = List.of();
  private @Nullable SslContext tcp;
  private @Nullable QuicSslContext quic;

  TlsContexts(ContextFactory factory, Identity identity, TicketKeys tickets) {
    this.factory = factory;
    this.identity = identity;
    this.tickets = tickets;
  }

  /** The context for a TCP connection, counted once more for the caller, who must release it. */
  SslContext lease() throws Failure {
    SslContext context = tcp;
    if (context == null) {
      context = factory.tcp(identity);
      tcp = context;
      seal(context, keys);
    }
    turnKeys();
    return ReferenceCountUtil.retain(context);
  }

  /** The context for a QUIC connection. */
  QuicSslContext quic() {
    QuicSslContext context = quic;
    if (context == null) {
      context = factory.quic(CompletableFuture.completedFuture(identity));
      quic = context;
      seal(context, keys);
    }
    turnKeys();
    return context;
  }

  private void turnKeys() {
    List<byte[]> turned = tickets.turned();
    if (turned == null) {
      return;
    }
    keys = turned;
    if (tcp != null) {
      seal(tcp, turned);
    }
    if (quic != null) {
      seal(quic, turned);
    }
  }

  /** The JDK's engine makes keys of its own for each context and turns them every hour. */
  private static void seal(SslContext context, List<byte[]> keys) {
    if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      // All is in the ticket: a session kept here would be native memory for nothing.
      sessions.setSessionCacheEnabled(false);
      if (!keys.isEmpty()) {
        sessions.setTicketKeys(
            keys.stream()
                .map(key -> new OpenSslSessionTicketKey(part(key, 0), part(key, 1), part(key, 2)))
                .toArray(OpenSslSessionTicketKey[]::new));
      }
    }
  }

  private static void seal(QuicSslContext context, List<byte[]> keys) {
    if (!keys.isEmpty()) {
      context
          .sessionContext()
          .setTicketKeys(
              keys.stream()
                  .map(key -> new SslSessionTicketKey(part(key, 0), part(key, 1), part(key, 2)))
                  .toArray(SslSessionTicketKey[]::new));
    }
  }

  /**
   * Gives a QUIC context keys that nobody else has. The context its connections begin with needs
   * some, or the keys of the others are not asked for; it never seals with its own.
   */
  static void seal(QuicSslContext context, TicketKeys fresh) {
    List<byte[]> keys = fresh.turned();
    if (keys != null) {
      seal(context, keys);
    }
  }

  private static byte[] part(byte[] key, int index) {
    int from = index * TicketKeys.PART;
    return Arrays.copyOfRange(key, from, from + TicketKeys.PART);
  }

  void close() {
    if (tcp != null) {
      ReferenceCountUtil.release(tcp);
      tcp = null;
    }
    quic = null;
  }
}
