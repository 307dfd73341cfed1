package darban.admin;

import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;

import darban.base.Secret;
import darban.config.Address;
import darban.config.Shape;
import darban.config.Shapes;
import java.util.Optional;

/**
 * The control plane, as the configuration says it.
 *
 * @param address where it listens
 * @param token that requests must bear; empty for none
 */
public record AdminConfig(Address address, Optional<Secret> token) {
  /** The shape of the section {@code admin}. */
  public static final Shape<AdminConfig> SHAPE =
      section(
          "admin",
          keys -> {
            var where =
                keys.required(
                    "address",
                    Shapes.address()
                        .check((address, at, problems) -> {
                          if (address instanceof Address.Udp) {
                            problems.error(
                                at.at(),
                                "the control plane listens on a TCP port or a unix socket",
                                "write `127.0.0.1:9464`");
                          }
                        }),
                    "Where it listens");
            var token = keys.optional("token", secret(), "What requests must bear");
            return values -> new AdminConfig(values.get(where), values.get(token));
          });
}
