package darban.access;

import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;

import darban.config.Node;
import darban.config.Shape;
import darban.config.Shapes;

/**
 * A user, as the configuration says it.
 *
 * @param name what the user calls himself
 * @param password hashed or plain
 */
public record UserConfig(String name, Password password) {
  private static final int LEAST_COST = 10;

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
