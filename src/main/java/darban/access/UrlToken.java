package darban.access;

import darban.base.Cidr;
import darban.http.Paths;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * The right to ask for something for a while, as a signed URL carries it.
 *
 * <pre>
 *   base64url( 1 KEY EXPIRES CLIENT PATH ) . base64url( HMAC-SHA256( key, all before the dot ) )
 * </pre>
 *
 * <p>The words are separated by a space, EXPIRES is in seconds since 1970, CLIENT is {@code -} for
 * any. Immutable, any thread.
 *
 * @param key the name of the key it is signed with
 * @param expires the second from which on it is worth nothing
 * @param client who may use it; empty for anyone
 * @param path what may be asked for: all below it if it ends with a slash, else just that; in the
 *     form in which paths are compared
 */
public record UrlToken(String key, long expires, Optional<Cidr> client, String path) {
  private static final String VERSION = "1";
  private static final int LONGEST = 4096;
  private static final int WORDS = 5;

  public UrlToken {
    path = Paths.comparable(path);
  }

  /** A token as it came: not to be believed before its signature is. */
  record Given(UrlToken token, String signed, String signature) {}

  /** What is signed. */
  String payload() {
    String who = client.map(Cidr::toString).orElse("-");
    String words = String.join(" ", VERSION, key, Long.toString(expires), who, path);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(words.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a token; empty where it is none. */
  static Optional<Given> read(String text) {
    int dot = text.indexOf('.');
    if (dot < 0 || text.length() > LONGEST) {
      return Optional.empty();
    }
    try {
      String signed = text.substring(0, dot);
      String words = new String(Base64.getUrlDecoder().decode(signed), StandardCharsets.UTF_8);
      return words(words).map(token -> new Given(token, signed, text.substring(dot + 1)));
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private static Optional<UrlToken> words(String text) {
    String[] words = text.split(" ", WORDS);
    if (words.length < WORDS || !words[0].equals(VERSION) || !words[4].startsWith("/")) {
      return Optional.empty();
    }
    Optional<Cidr> client = words[3].equals("-") ? Optional.empty() : Cidr.parse(words[3]);
    if (client.isEmpty() && !words[3].equals("-")) {
      return Optional.empty();
    }
    return Optional.of(new UrlToken(words[1], Long.parseLong(words[2]), client, words[4]));
  }

  /** Whether it is for {@code asked}, a path as it is compared. */
  boolean covers(String asked) {
    return path.endsWith("/") ? asked.startsWith(path) : asked.equals(path);
  }
}
