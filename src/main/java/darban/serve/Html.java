package darban.serve;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Texts and names as pages have them. Pure. */
public final class Html {
  private Html() {}

  /** A text, between tags and in quotes. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** A name as a part of a path. */
  public static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
