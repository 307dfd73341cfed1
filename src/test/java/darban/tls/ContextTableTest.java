package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class ContextTableTest {
  private static final Identity IDENTITY =
      new TestAuthority("table test").issue("a.example").identity();

  private static ContextTable.Content content(Identities identities) {
    ContextFactory factory =
        new ContextFactory(TestTls.internal(), Engine.BORINGSSL, TrustedIssuers.NOBODY);
    return new ContextTable.Content(
        identities, new Shelf(factory, new TestTls.Clock(), new SecureRandom(), 9));
  }

  private static Future<SslContext> lease(ContextTable table) {
    return table.lease("a.example", ImmediateEventExecutor.INSTANCE);
  }

  private static int count(SslContext context) {
    return ((ReferenceCountedOpenSslContext) context).refCnt();
  }

  @Test
  void lease_identityStillInTheMaking_contextOfWhatIsInForceThen() {
    CompletableFuture<Identity> made = new CompletableFuture<>();
    ContextTable.Content first = content(name -> made);
    ContextTable table = new ContextTable(first);
    Future<SslContext> lease = lease(table);
    assertEquals(false, lease.isDone());
    table.swap(content(name -> made));
    assertNull(first.shelf().lease(IDENTITY));
    made.complete(IDENTITY);
    SslContext context = lease.getNow();
    assertEquals(2, count(context));
    table.close();
    assertEquals(1, count(context));
    ReferenceCountUtil.release(context);
    assertEquals(0, count(context));
  }

  @Test
  void lease_noIdentity_failsWithTheReason() {
    HelloRefusal refusal = new HelloRefusal(HandshakeFault.UNKNOWN_NAME, "x");
    ContextTable table = new ContextTable(content(name -> CompletableFuture.failedFuture(refusal)));
    assertEquals(refusal, lease(table).cause());
    assertNull(table.quic("a.example"));
  }

  @Test
  void swap_whileQuicAsks_contextOfTheNewOne() {
    ContextTable.Content first = content(new CertStore(List.of(IDENTITY)));
    ContextTable table = new ContextTable(first);
    first.shelf().close(); // as in the moment in which a swap has begun
    ContextTable.Content next = content(new CertStore(List.of(IDENTITY)));
    assertNull(table.quic("a.example"));
    table.swap(next);
    assertEquals(next.shelf().quic(IDENTITY), table.quic("a.example"));
    table.close();
  }

  @Test
  void close_thenSwap_whatComesIsClosedToo() {
    ContextTable table = new ContextTable(content(new CertStore(List.of(IDENTITY))));
    table.close();
    ContextTable.Content late = content(new CertStore(List.of(IDENTITY)));
    table.swap(late);
    assertNull(late.shelf().lease(IDENTITY));
    Throwable cause = lease(table).cause();
    assertTrue(cause instanceof Failure failure && failure.kind() == Kind.STOPPING);
  }
}
