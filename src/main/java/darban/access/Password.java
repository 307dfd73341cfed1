package darban.access;

import darban.base.Secret;
import java.security.SecureRandom;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** A password as it is kept: a bcrypt hash, or plain text. Immutable, any thread. */
public sealed interface Password {
  /** Cost of new hashes: about a quarter of a second on one core. */
  int COST = 12;

  /** Whether {@code attempt} is the password. Slow for hashes: not on an event loop. */
  boolean matches(String attempt);

  /** What a guess costs: two to this power, 0 for plain text. */
  int cost();

  /** What was written in the configuration: a hash if it looks like one. */
  static Password of(Secret written) {
    String text = written.reveal();
    return text.matches("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}")
        ? new Hashed(text)
        : new Plain(written);
  }

  /** The hash of a password, for the configuration. */
  static String hash(String password, SecureRandom random) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    return OpenBSDBCrypt.generate("2b", password.toCharArray(), salt, COST);
  }

  /** A bcrypt hash. */
  record Hashed(String hash) implements Password {
    @Override
    public int cost() {
      return Integer.parseInt(hash, 4, 6, 10);
    }

    @Override
    public boolean matches(String attempt) {
      return OpenBSDBCrypt.checkPassword(hash, attempt.toCharArray());
    }
  }

  /** Plain text. */
  record Plain(Secret secret) implements Password {
    @Override
    public int cost() {
      return 0;
    }

    @Override
    public boolean matches(String attempt) {
      return secret.matches(attempt);
    }
  }
}
