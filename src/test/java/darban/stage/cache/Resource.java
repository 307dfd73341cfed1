package darban.stage.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** What an origin has under a URL, which changes now and then. One thread. */
final class Resource {
  static final List<String> LANGUAGES = List.of("ar", "da", "fa");
  static final List<String> TAGS = List.of("red", "blue", "green", "white");

  private static final List<Revision.Control> CONTROLS =
      List.of(
          control("max-age=3600", 3600),
          control("max-age=600", 600),
          control("max-age=60", 60),
          control("max-age=5", 5),
          control("public, max-age=30", 30),
          control("max-age=20, stale-while-revalidate=30", 20, 30, Ledger.STALE_IF_ERROR),
          control("max-age=20, stale-if-error=300", 20, 0, 300),
          control("max-age=10, must-revalidate", 10, 0, 0),
          control("s-maxage=15", 15, 0, 0),
          control("max-age=0", 0),
          control("", -1),
          new Revision.Control("no-cache, max-age=100", 100, 0, 0, true, true, false),
          new Revision.Control("private, max-age=100", 100, 0, 0, false, false, false),
          new Revision.Control("no-store", 0, 0, 0, false, false, false));

  private final int url;
  private final SplittableRandom random;
  private final Map<String, Revision> now = new HashMap<>();
  private int changes;

  Resource(int url, SplittableRandom random) {
    this.url = url;
    this.random = random;
  }

  private static Revision.Control control(String text, long lifetime) {
    return control(text, lifetime, 0, Ledger.STALE_IF_ERROR);
  }

  private static Revision.Control control(
      String text, long lifetime, long whileRevalidate, long ifError) {
    boolean authorized =
        text.contains("public") || text.contains("must-revalidate") || text.contains("s-maxage");
    return new Revision.Control(text, lifetime, whileRevalidate, ifError, true, false, authorized);
  }

  /** It is another one from now on; {@code epochSecond} is when. */
  void change(long epochSecond) {
    now.clear();
    changes++;
    int status = random.nextInt(12) == 0 ? 404 : 200;
    Revision.Validator validator =
        random.nextInt(2) == 0
            ? Revision.Validator.STRONG
            : Revision.Validator.values()[random.nextInt(4)];
    long age = random.nextBoolean() ? 100_000 : 2_000;
    boolean chunked = random.nextInt(4) == 0;
    Revision.Look look =
        new Revision.Look(
            validator, epochSecond - age + changes, chunked, !chunked && random.nextInt(4) > 0);
    Revision.Control control = CONTROLS.get(random.nextInt(CONTROLS.size()));
    List<String> tags = new ArrayList<>(TAGS);
    tags.removeIf(each -> random.nextInt(3) > 0);
    for (String language : random.nextInt(5) == 0 ? LANGUAGES : List.of("*")) {
      String name = url + "." + changes + (language.equals("*") ? "" : language);
      now.put(language, new Revision(url, name, language, status, length(), look, control, tags));
    }
  }

  private int length() {
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1, 2, 3, 4 -> random.nextInt(4_000);
      case 5, 6, 7 -> random.nextInt(17_000);
      case 8 -> random.nextInt(70_000);
      case 9, 10 -> random.nextInt(300_000);
      default -> 16_384 * random.nextInt(8);
    };
  }

  /** What a request gets; what is for one client only is made for it alone. */
  Revision answering(String language, long client) {
    Revision any = now.get("*");
    Revision found = any != null ? any : Objects.requireNonNull(now.get(language));
    if (found.control().shared()) {
      return found;
    }
    return new Revision(
        url,
        found.name() + "-" + client + "-" + ++changes,
        found.language(),
        found.status(),
        found.length(),
        found.look(),
        found.control(),
        found.tags());
  }

  /** Whether it still is what the origin has. */
  boolean isCurrent(Revision revision) {
    return now.containsValue(revision);
  }
}
