package darban.access;

import static darban.config.Shapes.rate;

import darban.base.Tally;
import darban.config.Key;
import darban.config.Keys;
import darban.config.Rate;

/**
 * How many wrong passwords of one client address are looked at, as the configuration says it.
 *
 * @param most as many
 */
public record FailedLogins(Rate most) {
  /** Its key, in sections of those whom clients log in to. */
  public static Key<FailedLogins> key(Keys keys) {
    return keys.withDefault(
        "failed-logins",
        rate().map(FailedLogins::new),
        "10/m",
        "Wrong passwords of one client address before it is not listened to");
  }

  /** Counts them, on all loops. */
  public Tally tally() {
    return new Tally(most.amount(), most.per());
  }
}
