package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Secret;
import darban.base.Ticker;
import darban.testkit.Await;
import darban.testkit.OneLoop;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
  private static final int COST = 8;

  private final OneLoop one = new OneLoop(Ticker.system());
  private final Users users =
      new Users(
          one.loop(),
          List.of(
              new UserConfig("ali", Password.of(new Secret("salam: ü"))),
              new UserConfig("sara", Password.of(new Secret(hash("gol", COST)))),
              new UserConfig("omid", Password.of(new Secret(hash("sang", 4))))));

  @AfterEach
  void close() throws Exception {
    one.close();
  }

  private static String hash(String password, int cost) {
    return OpenBSDBCrypt.generate("2b", password.toCharArray(), new byte[16], cost);
  }

  private String proven(String authorization) throws Exception {
    return Await.result(one.on(() -> users.prove(authorization))).orElse("nobody");
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void prove_rightPassword_isTheUser_alsoTheSecondTime() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertEquals("ali", proven(basic("ali:salam: ü")));
      assertEquals("sara", proven(basic("sara:gol")));
      assertEquals("omid", proven(basic("omid:sang").replace("Basic", "bASIC")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ali:",
        "ali:salam",
        "ali:salam: ü ",
        "ali",
        ":",
        "",
        "sara:gol\0",
        "sara:",
        "Ali:salam: ü",
        "sara:salam: ü",
        "nobody:gol",
        "nobody:sang",
        "nobody:",
        ":gol",
        "sara:gol:",
      })
  void prove_anythingElse_isNobody(String pair) throws Exception {
    assertEquals("nobody", proven(basic(pair)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Basic", "Basic ", "Basic !", "Bearer YWxpOnNhbGFt", "Digest x"})
  void prove_otherSchemes_isNobody(String authorization) throws Exception {
    assertEquals("nobody", proven(authorization));
  }

  /** Of two who fail, it cannot be told by time which one there is. */
  @Test
  void prove_unknownUser_costsAsMuchAsTheCostliest() throws Exception {
    double known = median("sara:wrong");
    double unknown = median("nobody:wrong");
    assertTrue(unknown > known / 2 && unknown < known * 2, () -> known + " and " + unknown);
  }

  private double median(String pair) throws Exception {
    long[] nanos = new long[9];
    for (int i = 0; i < nanos.length; i++) {
      long since = System.nanoTime();
      assertEquals("nobody", proven(basic(pair)));
      nanos[i] = System.nanoTime() - since;
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  @Test
  void hash_ofAPassword_isStrongSaltedAndChecked() {
    SecureRandom random = new SecureRandom();
    String one = Password.hash("salam", random);
    String other = Password.hash("salam", random);
    assertFalse(one.equals(other));
    Password kept = Password.of(new Secret(one));
    assertEquals(12, kept.cost());
    assertTrue(kept.matches("salam"));
    assertFalse(kept.matches("salaM"));
  }

  @Test
  void nobodyAtAll_isNoUser() throws Exception {
    Users none = new Users(one.loop(), List.of());
    assertEquals(Optional.empty(), Await.result(one.on(() -> none.prove("", ""))));
  }
}
