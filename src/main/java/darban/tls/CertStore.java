package darban.tls;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The identities of a listener by name: an exact name beats a wildcard of one label (RFC 9525
 * §6.3), that beats the default, which is the first identity. Where two carry the same name the
 * earlier one has it. Immutable, any thread.
 */
public final class CertStore implements Identities {
  private final List<Identity> identities;
  private final Map<String, Identity> byName;

  /** Keeps {@code identities}; at least one. */
  public CertStore(List<Identity> identities) {
    if (identities.isEmpty()) {
      throw new IllegalArgumentException("a certificate store needs an identity");
    }
    this.identities = List.copyOf(identities);
    Map<String, Identity> names = new HashMap<>();
    for (Identity identity : identities) {
      identity.names().forEach(name -> names.putIfAbsent(name, identity));
    }
    this.byName = Map.copyOf(names);
  }

  /** The identity for {@code name}, whatever its case and with or without its final dot. */
  public Identity get(@Nullable String name) {
    Identity fallback = identities.getFirst();
    return name == null
        ? fallback
        : HostNames.normal(name)
            .map(host -> {
              Identity exact = byName.get(host);
              return exact != null
                  ? exact
                  : HostNames.wildcard(host).map(byName::get).orElse(fallback);
            })
            .orElse(fallback);
  }

  @Override
  public CompletableFuture<Identity> find(@Nullable String name) {
    return CompletableFuture.completedFuture(get(name));
  }

  /** All identities, the default first. */
  public List<Identity> identities() {
    return identities;
  }

  /** When the certificate behind each name expires. */
  public Map<String, Instant> expiries() {
    Map<String, Instant> expiries = new LinkedHashMap<>();
    for (Identity identity : identities) {
      identity.names().forEach(name -> expiries.putIfAbsent(name, identity.notAfter()));
    }
    return expiries;
  }
}
