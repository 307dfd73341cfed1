package darban.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Secret;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {
  @ParameterizedTest
  @ValueSource(strings = {"kelid", "a b:c", "کلید", "x"})
  void hash_isReadAsOne_andMatchesItsPasswordAlone(String password) {
    String hash = Password.hash(password, new SecureRandom());
    Password kept = Password.of(new Secret(hash));
    assertInstanceOf(Password.Hashed.class, kept);
    assertTrue(kept.matches(password));
    assertFalse(kept.matches(password + "x"));
    assertFalse(kept.matches(""));
    assertFalse(kept.matches(hash));
  }

  @Test
  void hash_twice_isAnother() {
    SecureRandom random = new SecureRandom();
    assertFalse(Password.hash("a", random).equals(Password.hash("a", random)));
  }

  @Test
  void hash_madeByHtpasswd_isTaken() {
    String made = "$2y$05$U.3hNAXe0rSJxTARPC7jvuFmii.bTeqSQWY8lExNc9GJc0diK8N0e";
    assertTrue(Password.of(new Secret(made)).matches("kelid"));
    assertFalse(Password.of(new Secret(made)).matches("kelit"));
  }

  @ParameterizedTest
  @CsvSource({
    "$2y$05$U.3hNAXe0rSJxTARPC7jvuFmii.bTeqSQWY8lExNc9GJc0diK8N0e, false",
    "$2b$12$KIXQ4O4Hh1S0S9o0aZ0R8uJmJxJb3w6kq0Gm0q9y3zVfQm8t3cQ9K, false",
    "plain text, true",
    "$2b$12$tooShort, true",
    "$1$abc$def, true",
  })
  void of_whatLooksLikeAHash_isOne(String written, boolean plain) {
    assertEquals(plain, Password.of(new Secret(written)) instanceof Password.Plain);
  }

  @Test
  void plain_matchesItselfAlone() {
    Password plain = Password.of(new Secret("kelid"));
    assertTrue(plain.matches("kelid"));
    assertFalse(plain.matches("Kelid"));
  }
}
