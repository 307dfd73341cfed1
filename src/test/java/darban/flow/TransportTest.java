package darban.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import darban.testkit.Await;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each transport that this machine has moves the loops that are made by it. */
class TransportTest {
  @ParameterizedTest
  @EnumSource
  void vertx_hasTheTransportItWasMadeBy(Transport transport) throws Exception {
    Optional<String> refusal = transport.refusal();
    assumeTrue(refusal.isEmpty(), refusal::toString);
    Vertx vertx = transport.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      assertEquals(transport, Transport.of(vertx));
    } finally {
      Await.result(vertx.close());
    }
  }

  @Test
  void portable_isEverywhere() {
    assertEquals(Optional.empty(), Transport.PORTABLE.refusal());
    assertEquals(Optional.empty(), Transport.usual().refusal());
  }
}
