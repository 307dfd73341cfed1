package darban.tls;

import darban.base.Ticker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that session tickets are sealed with (RFC 8446 §4.6.1, RFC 5077). Whoever gets hold of
 * one can open every TLS 1.2 session that was resumed with it, so none lives long: a key seals for
 * six hours, opens for six hours more, and is then gone.
 *
 * <p>They turn when they are asked for, without a timer: a key too old is dropped before the
 * handshake that would have used it. Guarded by its {@link TlsContexts}.
 */
final class TicketKeys {
  /** Bytes of a key: its name, the MAC's and the cipher's key, 16 each. */
  static final int PART = 16;

  static final Duration SEALS = Duration.ofHours(6);

  private static final Duration OPENS = SEALS.multipliedBy(2);

  /** One key: its bytes, and when it was made on the clock that only grows. */
  private static final class Key {
    final byte[] bytes = new byte[3 * PART];
    final long born;

    Key(SecureRandom random, long born) {
      random.nextBytes(bytes);
      this.born = born;
    }

    boolean isYoungerThan(Duration age, long now) {
      return now - born < age.toNanos();
    }
  }

  private final Ticker ticker;
  private final SecureRandom random;
  private List<Key> keys = List.of();

  TicketKeys(Ticker ticker, SecureRandom random) {
    this.ticker = ticker;
    this.random = random;
  }

  /** The keys from now on, the sealing one first, if they changed since the last call; or null. */
  @Nullable List<byte[]> turned() {
    long now = ticker.nanos();
    List<Key> next = new ArrayList<>(keys);
    next.removeIf(key -> !key.isYoungerThan(OPENS, now));
    if (next.isEmpty() || !next.getFirst().isYoungerThan(SEALS, now)) {
      next.addFirst(new Key(random, now));
    }
    if (next.equals(keys)) {
      return null;
    }
    keys = List.copyOf(next);
    return keys.stream().map(key -> key.bytes).toList();
  }
}
