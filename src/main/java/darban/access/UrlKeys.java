package darban.access;

import darban.base.Cidr;
import darban.base.Secret;
import darban.http.Paths;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys that URLs are signed with, by name. All of them are believed, so that one can take the place
 * of another while URLs of both are about. Immutable, any thread.
 *
 * @param keys at least one
 */
public record UrlKeys(Map<String, Secret> keys) {
  /** Shorter keys can be guessed. */
  public static final int SHORTEST = 16;

  private static final String ALGORITHM = "HmacSHA256";

  public UrlKeys {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /** Why a token does not help; a word for the log. */
  public enum Refused {
    /** There is none. */
    ABSENT,
    /** It is no token. */
    MALFORMED,
    /** Nobody here signs with that key. */
    UNKNOWN_KEY,
    /** It was not signed with that key, or changed since. */
    FORGED,
    EXPIRED,
    /** It is for something else. */
    OTHER_PATH,
    /** It is for reading. */
    OTHER_METHOD,
    /** It is for somebody else. */
    OTHER_CLIENT,
    /** An origin might take what is asked for as something else. */
    AMBIGUOUS_PATH
  }

  /** What came of a token. */
  public sealed interface Verdict {
    /** It gives the right. */
    record Granted(UrlToken token) implements Verdict {}

    /** It does not; {@code detail} is for the log. */
    record Denied(Refused why, String detail) implements Verdict {}
  }

  /** The token, signed with the key that it names. */
  public String sign(UrlToken token) {
    Secret key = keys.get(token.key());
    if (key == null) {
      throw new IllegalArgumentException("no key " + token.key());
    }
    String payload = token.payload();
    return payload + '.' + signature(key, payload);
  }

  private static String signature(Secret key, String payload) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      byte[] bytes = key.reveal().getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      byte[] signature = mac.doFinal(payload.getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /**
   * Judges a token.
   *
   * @param path what is asked for, raw and without the query
   * @param client the address of who asks, as text
   */
  public Verdict judge(String token, String path, String client, Instant now) {
    Optional<UrlToken.Given> read = UrlToken.read(token);
    if (read.isEmpty()) {
      return new Verdict.Denied(Refused.MALFORMED, "it is no token");
    }
    UrlToken given = read.get().token();
    Secret key = keys.get(given.key());
    if (key == null) {
      return new Verdict.Denied(Refused.UNKNOWN_KEY, "no key " + quoted(given.key()));
    }
    // In a time that does not depend on where they differ; nothing it says counts before.
    Secret right = new Secret(signature(key, read.get().signed()));
    if (!right.matches(read.get().signature())) {
      return new Verdict.Denied(Refused.FORGED, "not signed with " + given.key());
    }
    return used(given, path, client, now);
  }

  private static Verdict used(UrlToken given, String path, String client, Instant now) {
    long over = now.getEpochSecond() - given.expires();
    if (over >= 0) {
      return new Verdict.Denied(Refused.EXPIRED, over + " s ago, signed with " + given.key());
    }
    if (!Paths.isPlain(path)) {
      return new Verdict.Denied(
          Refused.AMBIGUOUS_PATH, "dots or slashes that may be read two ways");
    }
    if (!given.covers(Paths.comparable(path))) {
      return new Verdict.Denied(Refused.OTHER_PATH, "it is for " + quoted(given.path()));
    }
    if (given.client().isPresent() && !isFor(given.client().get(), client)) {
      return new Verdict.Denied(Refused.OTHER_CLIENT, "it is for " + given.client().get());
    }
    return new Verdict.Granted(given);
  }

  private static boolean isFor(Cidr block, String client) {
    return Cidr.literal(client).map(block::contains).orElse(false);
  }

  /** As it may stand in a log. */
  private static String quoted(String text) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
    return '"' + shown + '"';
  }
}
