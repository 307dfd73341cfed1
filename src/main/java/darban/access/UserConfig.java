package darban.access;

import static darban.config.Shapes.either;
import static darban.config.Shapes.list;
import static darban.config.Shapes.ref;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.word;

import darban.config.Node;
import darban.config.Ref;
import darban.config.Shape;
import darban.config.Shapes;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A user, as the configuration says it.
 *
 * @param name what the user calls himself
 * @param password hashed or plain
 */
public record UserConfig(String name, Password password) {
  private static final int LEAST_COST = 10;

  /** The shape of names of users, one or more. */
  public static final Shape<Set<String>> NAMES =
      list(ref("user"), 1).map(users -> users.stream().map(Ref::name).collect(Collectors.toSet()));

  /** What {@code some} says, or the word {@code anyone}, which is empty. */
  public static Shape<Optional<Set<String>>> orAnyone(Shape<Set<String>> some) {
    return either(word("anyone", Optional.<Set<String>>empty()), some.map(Optional::of));
  }

  /** The shape of one user. */
  public static final Shape<UserConfig> SHAPE =
      section(
          "user",
          keys -> {
            var called = keys.required("name", Shapes.name("user"), "What the user calls himself");
            var password =
                keys.required(
                    "password",
                    secret()
                        .check((value, where, problems) -> {
                          boolean plain =
                              where instanceof Node.Scalar text
                                  && !text.text().startsWith("file:")
                                  && Password.of(value) instanceof Password.Plain;
                          int cost = Password.of(value).cost();
                          if (plain) {
                            problems.warning(
                                where.at(),
                                "the password stands here in plain text",
                                "write its hash: `darban hash-password`");
                          } else if (cost > 0 && cost < LEAST_COST) {
                            problems.warning(
                                where.at(),
                                "the hash of cost " + cost + " is quickly guessed",
                                "make one of cost " + Password.COST + ": `darban hash-password`");
                          }
                        })
                        .map(Password::of),
                    "A hash (`darban hash-password`), `file:PATH`, or plain text");
            return values -> new UserConfig(values.get(called), values.get(password));
          });
}
