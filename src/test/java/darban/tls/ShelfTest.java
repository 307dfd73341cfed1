package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class ShelfTest {
  private static final TestAuthority CA = new TestAuthority("shelf test");
  private static final ServerTlsSettings SETTINGS = TestTls.internal();

  private static Shelf shelf(int bound) {
    ContextFactory factory = new ContextFactory(SETTINGS, Engine.BORINGSSL, TrustedIssuers.NOBODY);
    return new Shelf(factory, new TestTls.Clock(), new SecureRandom(), bound);
  }

  private static SslContext lease(Shelf shelf, Identity identity) {
    SslContext context = shelf.lease(identity);
    assertNotNull(context);
    return context;
  }

  private static int count(SslContext context) {
    return ((ReferenceCountedOpenSslContext) context).refCnt();
  }

  @Test
  void lease_sameIdentity_sameContextCountedAgain() {
    Shelf shelf = shelf(9);
    Identity identity = CA.issue("a.example").identity();
    SslContext context = lease(shelf, identity);
    assertSame(context, lease(shelf, identity));
    SslContext other = lease(shelf, CA.issue("b.example").identity());
    assertNotSame(context, other);
    ReferenceCountUtil.release(other);
    assertEquals(3, count(context));
    ReferenceCountUtil.release(context, 2);
    shelf.close();
    assertEquals(0, count(context));
  }

  @Test
  void close_engineStillInUse_freedWithTheEngine() {
    Shelf shelf = shelf(9);
    SslContext context = lease(shelf, CA.issue("a.example").identity());
    SslHandler handler = context.newHandler(ByteBufAllocator.DEFAULT);
    ReferenceCountUtil.release(context);
    shelf.close();
    assertEquals(1, count(context));
    ReferenceCountUtil.release(handler.engine());
    assertEquals(0, count(context));
  }

  @Test
  void lease_afterClose_none() {
    Shelf shelf = shelf(9);
    shelf.close();
    assertNull(shelf.lease(CA.issue("a.example").identity()));
    assertNull(shelf.quic(CA.issue("a.example").identity()));
  }

  @Test
  void lease_beyondTheBound_longestUnusedIsFreed() {
    Shelf shelf = shelf(2);
    List<SslContext> contexts = new ArrayList<>();
    Identity first = CA.issue("a.example").identity();
    for (Identity each :
        List.of(first, CA.issue("b.example").identity(), first, CA.issue("c.example").identity())) {
      SslContext context = lease(shelf, each);
      ReferenceCountUtil.release(context);
      contexts.add(context);
    }
    assertEquals(List.of(1, 0, 1, 1), contexts.stream().map(ShelfTest::count).toList());
    shelf.close();
    assertEquals(List.of(0, 0, 0, 0), contexts.stream().map(ShelfTest::count).toList());
  }

  /** What nothing refers to is freed by the collector: Netty gives these contexts no count. */
  @Test
  void quic_contextsAndRootAfterClose_collected() throws Exception {
    ReferenceQueue<QuicSslContext> gone = new ReferenceQueue<>();
    List<Reference<QuicSslContext>> watched = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      watched.addAll(openAndClose(gone));
    }
    int collected = 0;
    Instant end = Instant.now().plusSeconds(20);
    while (collected < watched.size() && Instant.now().isBefore(end)) {
      System.gc(); // twice for each: it has a finalizer
      while (gone.remove(50) != null) {
        collected++;
      }
    }
    assertEquals(40, collected);
  }

  private static List<Reference<QuicSslContext>> openAndClose(ReferenceQueue<QuicSslContext> gone) {
    Shelf shelf = shelf(9);
    CertStore store = new CertStore(List.of(CA.issue("a.example").identity()));
    ContextTable table = new ContextTable(new ContextTable.Content(store, shelf));
    QuicSslContext root =
        new ContextFactory(SETTINGS, Engine.BORINGSSL, TrustedIssuers.NOBODY).quicRoot(table::quic);
    QuicSslContext context = table.quic("a.example");
    assertNotNull(context);
    assertSame(context, table.quic(null));
    table.close();
    assertNull(table.quic("a.example"));
    return List.of(new PhantomReference<>(root, gone), new PhantomReference<>(context, gone));
  }
}
