package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IdentityKeysTest {
  private final Identity identity = new TestAuthority("keys test").issue("a.example").identity();

  @Test
  void alias_onlyForTheKindOfItsKey() {
    IdentityKeys keys = IdentityKeys.of(identity);
    assertNull(keys.chooseEngineServerAlias("RSA", null, null));
    assertNull(keys.chooseEngineClientAlias(new String[] {"RSA", "RSASSA-PSS"}, null, null));
    assertNull(keys.chooseServerAlias("EC_EC", null, null));
    String alias = keys.chooseEngineServerAlias("EC", null, null);
    assertEquals(alias, keys.chooseClientAlias(new String[] {"RSA", "EC"}, null, null));
    assertEquals(List.of(identity.certificate()), List.of(keys.getCertificateChain("identity")));
    assertEquals(identity.key(), keys.getPrivateKey("identity"));
  }

  @Test
  void alias_noIdentity_none() {
    IdentityKeys keys =
        new IdentityKeys(CompletableFuture.failedFuture(new IOException("not made")));
    assertNull(keys.chooseEngineServerAlias("EC", null, null));
  }
}
