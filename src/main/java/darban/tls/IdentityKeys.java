package darban.tls;

import io.netty.handler.ssl.util.SimpleKeyManagerFactory;
import java.net.Socket;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Hands one identity to an engine. A key store between them would encrypt the key and decrypt it
 * again, at some 5 ms for each context; this way a context costs some 20 µs.
 *
 * <p>Any thread. Where the identity is still being made, choosing an alias waits for it: that must
 * be off the event loop.
 */
final class IdentityKeys extends X509ExtendedKeyManager {
  private static final String ALIAS = "identity";
  private static final long LONGEST_WAIT_S = 10;

  private final CompletableFuture<Identity> identity;

  IdentityKeys(CompletableFuture<Identity> identity) {
    this.identity = identity;
  }

  static IdentityKeys of(Identity identity) {
    return new IdentityKeys(CompletableFuture.completedFuture(identity));
  }

  /**
   * For an engine of TCP connections. BoringSSL parses key and chain once a context, since they are
   * the same instances each time; a factory that caches on top of that loses one now and then.
   */
  KeyManagerFactory factory() {
    return new SimpleKeyManagerFactory() {
      @Override
      protected void engineInit(KeyStore store, char[] password) {}

      @Override
      protected void engineInit(ManagerFactoryParameters parameters) {}

      @Override
      protected KeyManager[] engineGetKeyManagers() {
        return new KeyManager[] {IdentityKeys.this};
      }
    };
  }

  private @Nullable String alias(String... keyTypes) {
    try {
      String algorithm = identity.get(LONGEST_WAIT_S, TimeUnit.SECONDS).key().getAlgorithm();
      return Arrays.asList(keyTypes).contains(algorithm) ? ALIAS : null;
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return null;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException none) {
      return null; // no identity: the engine ends the handshake
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyTypes);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return made().chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return made().key();
  }

  /** Asked for only after an alias was chosen, so it is there. */
  private Identity made() throws CompletionException {
    return identity.join();
  }
}
