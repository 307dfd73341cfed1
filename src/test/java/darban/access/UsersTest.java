package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Secret;
import darban.testkit.Await;
import darban.testkit.FakeTicker;
import darban.testkit.OneLoop;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {
  private final FakeTicker ticker = new FakeTicker();
  private final OneLoop loop = new OneLoop(ticker);

  @AfterEach
  void end() {
    loop.close();
  }

  private Users users() throws Exception {
    Password hashed = Password.of(new Secret(Password.hash("kelid", new SecureRandom())));
    return loop.on(() ->
        new Users(
            loop.loop(),
            List.of(
                new UserConfig("ali", hashed),
                new UserConfig("sara", Password.of(new Secret("dar:ban"))))));
  }

  private String proved(Users users, String authorization) throws Exception {
    return Await.result(loop.on(() -> users.prove(authorization))).orElse("nobody");
  }

  private static String basic(String credentials) {
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "ali:kelid, ali",
    "sara:dar:ban, sara",
    "ali:Kelid, nobody",
    "ali:, nobody",
    "ali, nobody",
    ":kelid, nobody",
    "Ali:kelid, nobody",
    "sara:dar, nobody",
    "nobody:kelid, nobody",
  })
  void prove_nameAndPassword(String credentials, String user) throws Exception {
    assertEquals(user, proved(users(), basic(credentials)));
  }

  @ParameterizedTest
  @CsvSource({
    "'basic YWxpOmtlbGlk', ali",
    "'BASIC  YWxpOmtlbGlk ', ali",
    "'Bearer YWxpOmtlbGlk', nobody",
    "'Basic', nobody",
    "'Basic ***', nobody",
    "'YWxpOmtlbGlk', nobody",
    "'', nobody",
  })
  void prove_formOfTheField(String authorization, String user) throws Exception {
    assertEquals(user, proved(users(), authorization));
  }

  @Test
  void prove_again_isRemembered_forFiveMinutes_andAnotherPasswordIsNot() throws Exception {
    Users users = users();
    assertEquals("ali", proved(users, basic("ali:kelid")));
    // Answered at once, on the loop: no hash is checked.
    assertEquals(true, loop.on(() -> users.prove(basic("ali:kelid")).isComplete()));
    assertEquals(false, loop.on(() -> users.prove(basic("ali:kelid2")).isComplete()));
    ticker.pass(Duration.ofMinutes(6));
    assertEquals(false, loop.on(() -> users.prove(basic("ali:kelid")).isComplete()));
  }

  @Test
  void prove_floodOfWrongPasswords_isShed_andWhoIsKnownStillPasses() throws Exception {
    Users users = users();
    assertEquals("ali", proved(users, basic("ali:kelid")));
    List<Future<?>> flood =
        loop.on(() -> {
          List<Future<?>> all = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            all.add(users.prove(basic("ali:" + i)));
          }
          return all;
        });
    assertEquals(
        68, flood.stream().filter(each -> each.failed() && isOverload(each.cause())).count());
    assertEquals(true, loop.on(() -> users.prove(basic("ali:kelid")).succeeded()));
    Await.result(Future.join(flood).transform(any -> Future.succeededFuture()));
    assertEquals("sara", proved(users, basic("sara:dar:ban")));
  }

  /** Of two who fail it cannot be told by the time it takes which one there is. */
  @Test
  void prove_unknownUser_costsAsMuchAsTheCostliest() throws Exception {
    Users users =
        loop.on(() ->
            new Users(loop.loop(), List.of(user("cheap", 4), user("dear", 8), user("cheaper", 4))));
    double known = median(users, "dear:wrong");
    double unknown = median(users, "nobody:wrong");
    assertTrue(unknown > known / 2 && unknown < known * 2, () -> known + " and " + unknown);
  }

  private static UserConfig user(String name, int cost) {
    String hash = OpenBSDBCrypt.generate("2b", name.toCharArray(), new byte[16], cost);
    return new UserConfig(name, Password.of(new Secret(hash)));
  }

  private double median(Users users, String credentials) throws Exception {
    long[] nanos = new long[9];
    for (int i = 0; i < nanos.length; i++) {
      long since = System.nanoTime();
      assertEquals("nobody", proved(users, basic(credentials)));
      nanos[i] = System.nanoTime() - since;
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  @Test
  void hash_ofAPassword_isStrongSaltedAndChecked() {
    SecureRandom random = new SecureRandom();
    String one = Password.hash("salam", random);
    assertNotEquals(one, Password.hash("salam", random));
    Password kept = Password.of(new Secret(one));
    assertEquals(12, kept.cost());
    assertTrue(kept.matches("salam"));
    assertFalse(kept.matches("salaM"));
  }

  private static boolean isOverload(Throwable why) {
    return why instanceof Failure failure && failure.kind() == Kind.OVERLOADED;
  }
}
