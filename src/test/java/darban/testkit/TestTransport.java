package darban.testkit;

import darban.flow.Transport;
import java.util.stream.Stream;

/**
 * What event loops of the tests have: the usual, or what {@code -Ddarban.it.transport=io_uring} of
 * the tests' process says, so that the suite can be run by each. Any thread.
 */
public final class TestTransport {
  private static final String WORD = System.getProperty("darban.it.transport", "");

  private TestTransport() {}

  /** It. */
  public static Transport chosen() {
    return Stream.of(Transport.values())
        .filter(each -> each.word().equals(WORD))
        .findFirst()
        .orElseGet(Transport::usual);
  }

  /** A configuration that says it, unless it has a word of its own or what is not for all. */
  public static String in(String yaml) {
    boolean says =
        WORD.isEmpty() || ("\n" + yaml).contains("\ntransport:") || yaml.contains("unix:");
    return says ? yaml : yaml + "\ntransport: " + WORD + "\n";
  }
}
