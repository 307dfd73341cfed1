package darban.tls;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Ticker;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * The development CA: certificates that work at once, for whoever trusts {@code ca.pem}. It is made
 * once into a directory and found there at the next start; it is never put into a system's trust
 * store.
 *
 * <p>A leaf is made when its name is first asked for, on a worker (some 3 ms), once for all who ask
 * meanwhile, and kept. All leaves of a process share one key: making keys would cost more than
 * signing, and whoever can read one of them here can read all. They last 90 days and are made anew
 * when a third of that is left.
 *
 * <p>Any thread; never blocks but in {@link #open}. Holds nothing open.
 */
public final class DevCa {
  /** What a client on this machine may call it. */
  static final Set<String> LOCAL =
      java.util.Collections.unmodifiableSet(
          new java.util.LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1")));

  /** Leaves that are kept; beyond it the one longest unused goes. */
  static final int MOST_LEAVES = 1_000;

  /** Leaves that may be in the making: more would only be a flood of invented names. */
  static final int MOST_PENDING = 200;

  private final CertificateMaker maker;
  private final Identity authority;
  private final KeyPair leafKey;
  private final Ticker ticker;
  private final Executor workers;
  private final Map<List<String>, CompletableFuture<Identity>> leaves =
      new LinkedHashMap<>(16, 0.75f, true);
  private int pending;

  private DevCa(Identity authority, TlsRuntime runtime) {
    this.authority = authority;
    this.maker = new CertificateMaker(runtime.random());
    this.leafKey = maker.newKey();
    this.ticker = runtime.ticker();
    this.workers = runtime.workers();
  }

  /**
   * The CA of {@code directory}, made there if there is none: {@code ca.pem}, which may be shown to
   * everybody, and {@code ca-key.pem}, which only its owner may read. Blocks on files.
   */
  public static DevCa open(Path directory, TlsRuntime runtime) throws Failure {
    return new DevCa(new CaFiles(directory, runtime).open(), runtime);
  }

  /** The certificate that clients have to trust. */
  public X509Certificate certificate() {
    return authority.certificate();
  }

  /** The leaf for one host name or address, in its one form ({@link HostNames#normal}). */
  CompletableFuture<Identity> leaf(String name) {
    return LOCAL.contains(name) ? local(List.of()) : get(List.of(name));
  }

  /** The leaf for clients that name no host: the local names and {@code addresses}. */
  CompletableFuture<Identity> local(List<String> addresses) {
    return get(Stream.concat(LOCAL.stream(), addresses.stream()).distinct().toList());
  }

  private synchronized CompletableFuture<Identity> get(List<String> names) {
    CompletableFuture<Identity> known = leaves.get(names);
    if (known != null && !isDue(known)) {
      return known;
    }
    if (pending >= MOST_PENDING) {
      return CompletableFuture.failedFuture(
          Failure.of(Kind.OVERLOADED, "too many certificates are being made"));
    }
    pending++;
    CompletableFuture<Identity> made =
        CompletableFuture.supplyAsync(() -> make(names), workers)
            .whenComplete((leaf, failed) -> settled(names, failed != null));
    leaves.put(names, made);
    trim();
    return made;
  }

  private Identity make(List<String> names) {
    X509Certificate leaf = maker.leaf(authority, leafKey.getPublic(), names, ticker.now());
    return new Identity(leafKey.getPrivate(), chain(leaf), "development CA");
  }

  /** With the issuers up to the one that clients trust, which they have: none, mostly. */
  private List<X509Certificate> chain(X509Certificate leaf) {
    Stream<X509Certificate> between =
        authority.chain().stream()
            .filter(each -> !each.getSubjectX500Principal().equals(each.getIssuerX500Principal()));
    return Stream.concat(Stream.of(leaf), between).toList();
  }

  private synchronized void settled(List<String> names, boolean failed) {
    pending--;
    if (failed) {
      leaves.remove(names);
    }
  }

  private boolean isDue(CompletableFuture<Identity> known) {
    if (!known.isDone() || known.isCompletedExceptionally()) {
      return false;
    }
    Instant renewal = known.join().notAfter().minus(CertificateMaker.LEAF_LASTS.dividedBy(3));
    return ticker.now().isAfter(renewal);
  }

  private void trim() {
    Iterator<?> eldest = leaves.values().iterator();
    while (leaves.size() > MOST_LEAVES) {
      eldest.next();
      eldest.remove();
    }
  }

  /** When the leaf behind each name expires, of those made so far. */
  synchronized Map<String, Instant> expiries() {
    Map<String, Instant> expiries = new TreeMap<>();
    for (CompletableFuture<Identity> leaf : leaves.values()) {
      if (leaf.isDone() && !leaf.isCompletedExceptionally()) {
        leaf.join().names().forEach(name -> expiries.put(name, leaf.join().notAfter()));
      }
    }
    return expiries;
  }
}
