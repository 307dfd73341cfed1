package darban.access;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Secret;
import darban.flow.Loop;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The users of a configuration as one event loop sees them. A password that was right is remembered
 * for a while, by a keyed digest, since checking a hash is slow on purpose. An unknown user costs
 * as much time as a known one. Event loop; passwords are checked on worker threads.
 */
public final class Users {
  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 10_000;
  private static final int MOST_CHECKING = 32;
  private static final byte[] KEY = new byte[32];

  static {
    new SecureRandom().nextBytes(KEY);
  }

  private final Map<String, Password> byName = new HashMap<>();
  private final Password nobody;
  private final Loop loop;
  private final LinkedHashMap<String, Long> proven = new LinkedHashMap<>();
  private int checking;

  /** The users of {@code config} on {@code loop}. */
  public Users(Loop loop, List<UserConfig> config) {
    this.loop = loop;
    config.forEach(user -> byName.put(user.name(), user.password()));
    // To ask for someone who is not there takes as long as for the one with the costliest hash.
    this.nobody =
        config.stream()
            .map(UserConfig::password)
            .max(Comparator.comparingInt(Password::cost))
            .orElseGet(() -> new Password.Plain(new Secret("")));
  }

  /**
   * The user that a Basic credential (RFC 7617) proves, or empty; fails when too many are asked
   * for.
   *
   * @param authorization the value of the field, such as {@code Basic dTpw}
   */
  public Future<Optional<String>> prove(String authorization) {
    if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Future.succeededFuture(Optional.empty());
    }
    String decoded;
    try {
      byte[] bytes = Base64.getDecoder().decode(authorization.substring(6).strip());
      decoded = new String(bytes, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return Future.succeededFuture(Optional.empty());
    }
    int colon = decoded.indexOf(':');
    return colon < 0
        ? Future.succeededFuture(Optional.empty())
        : prove(decoded.substring(0, colon), decoded.substring(colon + 1));
  }

  /** The user that a name and a password prove, or empty. */
  public Future<Optional<String>> prove(String name, String password) {
    String digest = digest(name, password);
    Long until = proven.get(digest);
    if (until != null && loop.nanos() - until < 0) {
      return Future.succeededFuture(Optional.of(name));
    }
    if (checking == MOST_CHECKING) {
      // Guesses must not take all processors: who has proved it of late passes without.
      return Future.failedFuture(Failure.of(Kind.OVERLOADED, "too many passwords to check"));
    }
    checking++;
    Password kept = byName.get(name);
    Password checked = kept == null ? nobody : kept;
    return loop.context()
        .executeBlocking(() -> checked.matches(password), false)
        .onComplete(done -> checking--)
        .map(right -> {
          boolean proves = Objects.requireNonNull(right) && kept != null;
          if (proves) {
            remember(digest);
          }
          return proves ? Optional.of(name) : Optional.empty();
        });
  }

  private void remember(String digest) {
    proven.put(digest, loop.nanos() + REMEMBERED.toNanos());
    if (proven.size() > MOST_REMEMBERED) {
      proven.remove(proven.keySet().iterator().next());
    }
  }

  private static String digest(String name, String password) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(KEY);
      sha.update(name.getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
      return Base64.getEncoder()
          .encodeToString(sha.digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
