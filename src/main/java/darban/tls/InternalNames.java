package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The names that a listener may have certificates made for. A client that names no host (it has an
 * address, RFC 6066 §3) gets one for {@code localhost}, the loopback addresses and the listed
 * addresses. Immutable, any thread.
 */
final class InternalNames implements Identities {
  private final DevCa ca;
  private final List<String> allowed;
  private final List<String> addresses;

  /** With {@code names} empty, any host name is allowed. */
  InternalNames(DevCa ca, List<String> names) {
    this.ca = ca;
    this.allowed = names.stream().map(InternalNames::pattern).toList();
    this.addresses = allowed.stream().filter(HostNames::isAddress).toList();
  }

  private static String pattern(String name) throws Failure {
    return HostNames.pattern(name)
        .orElseThrow(() ->
            Failure.of(Kind.INTERNAL, "a name for certificates is not valid")
                .detailed("'" + name + "' is no host name and no address"));
  }

  @Override
  public CompletableFuture<Identity> find(@Nullable String name) {
    if (name == null) {
      return ca.local(addresses);
    }
    Optional<String> host = HostNames.normal(name).filter(this::isAllowed);
    return host.isPresent()
        ? ca.leaf(host.get())
        : CompletableFuture.failedFuture(
            new HelloRefusal(HandshakeFault.UNKNOWN_NAME, "no certificate is made for this name"));
  }

  private boolean isAllowed(String host) {
    return allowed.isEmpty()
        || DevCa.LOCAL.contains(host)
        || allowed.stream().anyMatch(pattern -> HostNames.matches(pattern, host));
  }

  /** Has the leaves made that will be asked for: those of the names without a wildcard. */
  void prepare() {
    ca.local(addresses);
    allowed.stream().filter(name -> !name.startsWith("*")).forEach(ca::leaf);
  }
}
