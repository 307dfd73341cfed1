package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.Base64;
import java.util.List;
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

  private static boolean isOverload(Throwable why) {
    return why instanceof Failure failure && failure.kind() == Kind.OVERLOADED;
  }
}
