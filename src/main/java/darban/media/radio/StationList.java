package darban.media.radio;

import java.util.Locale;

/** Little files that open a radio station in a player. Pure. */
public final class StationList {
  private StationList() {}

  private static String line(String text) {
    return text.replaceAll("[\\r\\n]+", " ").strip();
  }

  /** {@code audio/x-mpegurl}. */
  public static String m3u(String name, String url) {
    return "#EXTM3U\n#EXTINF:-1," + line(name) + "\n" + line(url) + "\n";
  }

  /** {@code audio/x-scpls}. */
  public static String pls(String name, String url) {
    return String.format(
        Locale.ROOT,
        "[playlist]\nNumberOfEntries=1\nFile1=%s\nTitle1=%s\nLength1=-1\nVersion=2\n",
        line(url),
        line(name));
  }

  /** {@code application/xspf+xml}. */
  public static String xspf(String name, String url) {
    return String.format(
        Locale.ROOT,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <playlist version="1" xmlns="http://xspf.org/ns/0/">
          <trackList><track><location>%s</location><title>%s</title></track></trackList>
        </playlist>
        """,
        escaped(url),
        escaped(name));
  }

  private static String escaped(String text) {
    return line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
