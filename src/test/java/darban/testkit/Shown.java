package darban.testkit;

/** Bytes as tables of tests show them. */
public final class Shown {
  private Shown() {}

  /**
   * The bytes behind the signs: ⏎ is CR LF, ↵ LF, ← CR, ⇥ a tab, ␀ NUL, ␁ one, ␋ a vertical tab, ␡
   * DEL. One character a byte.
   */
  public static String raw(String shown) {
    return shown
        .replace("⏎", "\r\n")
        .replace('↵', '\n')
        .replace('←', '\r')
        .replace('⇥', '\t')
        .replace('␀', '\0')
        .replace('␁', '\u0001')
        .replace('␋', '\u000b')
        .replace('␡', '\u007f');
  }
}
