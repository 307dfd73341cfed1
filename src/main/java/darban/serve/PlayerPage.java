package darban.serve;

import java.util.List;

/**
 * A page that plays something: a film, a piece of music or a live stream. The controls are the
 * browser's own, so that keys, screen readers and phones find what they know; what those lack
 * stands below. Pure.
 */
public final class PlayerPage {
  private static final List<String> SPEEDS = List.of("0.5", "0.75", "1", "1.25", "1.5", "2");

  private PlayerPage() {}

  /**
   * What is played.
   *
   * @param title for people
   * @param pictures whether there is something to see
   * @param sources where it is to be had
   * @param around what one can go to
   * @param notes what is said of it
   */
  public record Show(String title, boolean pictures, Sources sources, Around around, Notes notes) {}

  /**
   * Where it is to be had; addresses count from the page, and are empty where there is none.
   *
   * @param hls its playlist
   * @param dash its manifest
   * @param file itself
   * @param type what browsers are asked whether they can play the file
   * @param live whether it goes on for ever
   */
  public record Sources(String hls, String dash, String file, String type, boolean live) {}

  /**
   * Addresses that count from the page, or nothing.
   *
   * @param back to the folder that it is in
   * @param previous one in the folder
   * @param next one in the folder
   * @param poster a picture of it
   */
  public record Around(String back, String previous, String next, String poster) {}

  /**
   * A subtitle that lies beside it.
   *
   * @param address of its WebVTT, from the page
   * @param language a tag of BCP 47, or nothing
   * @param name for people
   */
  public record Text(String address, String language, String name) {}

  /**
   * A place that one can go to.
   *
   * @param millis when
   * @param title for people
   */
  public record Chapter(long millis, String title) {}

  /**
   * What is said of it.
   *
   * @param path that names it in its library
   * @param wrong why it cannot be played, or nothing
   * @param texts subtitles
   * @param chapters or none
   * @param facts in short, or none
   */
  public record Notes(
      String path, String wrong, List<Text> texts, List<Chapter> chapters, List<String> facts) {
    public Notes {
      texts = List.copyOf(texts);
      chapters = List.copyOf(chapters);
      facts = List.copyOf(facts);
    }
  }

  /** The page. */
  public static String of(Shell shell, Show show) {
    Words words = shell.words();
    Around around = show.around;
    StringBuilder html = new StringBuilder(4096);
    html.append("<header class=\"bar\">");
    if (!around.back.isEmpty()) {
      html.append(link("class=\"home\" ", around.back, words.say("back")));
    }
    html.append(shell.choices()).append("</header>\n<main id=\"content\" class=\"watch\">\n");
    html.append("<h1 dir=\"auto\">").append(Html.escaped(show.title));
    html.append(show.sources.live ? " <b class=\"live\">" + words.say("live") + "</b>" : "");
    html.append("</h1>\n");
    player(html, words, show);
    tools(html, words, show);
    chapters(html, words, show.notes.chapters);
    facts(html, words, show);
    html.append("</main>\n");
    return shell.page(show.title, List.of("hls.js", "player.js"), html.toString());
  }

  /** A link with further {@code attributes}; nothing where there is no address. */
  private static String link(String attributes, String address, String text) {
    return address.isEmpty()
        ? ""
        : "<a %shref=\"%s\">%s</a>\n".formatted(attributes, Html.escaped(address), text);
  }

  private static void player(StringBuilder html, Words words, Show show) {
    Sources sources = show.sources;
    html.append("<p id=\"alert\" role=\"alert\"");
    html.append(show.notes.wrong.isEmpty() ? " hidden>" : ">");
    if (!show.notes.wrong.isEmpty()) {
      html.append(words.say("unplayable", show.notes.wrong));
    }
    html.append("</p>\n<video id=\"player\" controls playsinline preload=\"metadata\"");
    attribute(html, "class", show.pictures ? "" : "sound");
    attribute(html, "poster", show.around.poster);
    attribute(html, "aria-label", show.title);
    attribute(html, "data-hls", sources.hls);
    attribute(html, "data-file", sources.file);
    attribute(html, "data-type", sources.type);
    attribute(html, "data-live", sources.live ? "yes" : "");
    attribute(html, "data-path", show.notes.path);
    for (String each : List.of("resumed", "waiting", "ended", "blocked", "unplayable")) {
      html.append(" data-%s=\"%s\"".formatted(each, words.say(each)));
    }
    html.append(">\n");
    for (Text text : show.notes.texts) {
      html.append("<track kind=\"subtitles\"");
      attribute(html, "src", text.address);
      attribute(html, "srclang", text.language);
      attribute(html, "label", text.name);
      html.append(">\n");
    }
    html.append("</video>\n<p id=\"status\" role=\"status\"><span></span> <button type=\"button\"");
    html.append(" id=\"again\" hidden>").append(words.say("again")).append("</button></p>\n");
  }

  private static void attribute(StringBuilder html, String name, String value) {
    if (!value.isEmpty()) {
      html.append(' ').append(name).append("=\"").append(Html.escaped(value)).append('"');
    }
  }

  private static void tools(StringBuilder html, Words words, Show show) {
    html.append("<div class=\"tools\">\n");
    choice(html, words, "sound", "");
    choice(html, words, "subtitles", option("off", words.say("off"), false));
    choice(html, words, "quality", option("-1", words.say("best"), false));
    if (show.sources.live) {
      html.append(
          "<button type=\"button\" id=\"edge\">%s</button>\n".formatted(words.say("golive")));
    } else {
      StringBuilder speeds = new StringBuilder();
      for (String each : SPEEDS) {
        speeds.append(option(each, words.digits(each) + "×", each.equals("1")));
      }
      choice(html, words, "speed", speeds.toString());
    }
    html.append(link("class=\"step\" rel=\"prev\" ", show.around.previous, words.say("previous")));
    html.append(link("class=\"step\" rel=\"next\" ", show.around.next, words.say("next")));
    html.append("</div>\n");
  }

  private static void choice(StringBuilder html, Words words, String id, String options) {
    html.append(
        "<label hidden>%s <select id=\"%s\">%s</select></label>\n"
            .formatted(words.say(id), id, options));
  }

  private static String option(String value, String text, boolean chosen) {
    return "<option value=\"%s\"%s>%s</option>".formatted(value, chosen ? " selected" : "", text);
  }

  private static void chapters(StringBuilder html, Words words, List<Chapter> chapters) {
    if (chapters.isEmpty()) {
      return;
    }
    html.append("<section><h2>")
        .append(words.say("chapters"))
        .append("</h2>\n<ol class=\"chapters\">\n");
    for (Chapter each : chapters) {
      html.append(
          "<li><button type=\"button\" data-at=\"%s\"><time>%s</time> <span dir=\"auto\">%s</span></button></li>\n"
              .formatted(each.millis / 1000.0, words.clock(each.millis), Html.escaped(each.title)));
    }
    html.append("</ol></section>\n");
  }

  private static void facts(StringBuilder html, Words words, Show show) {
    Sources sources = show.sources;
    html.append("<details><summary>").append(words.say("keys")).append("</summary><ul>");
    for (String each : List.of("play", "seek", "volume", "full", "next")) {
      html.append("<li>").append(words.say("keys." + each)).append("</li>");
    }
    html.append("</ul></details>\n<details><summary>").append(words.say("facts"));
    html.append("</summary><ul>");
    for (String each : show.notes.facts) {
      html.append("<li dir=\"auto\">").append(Html.escaped(each)).append("</li>");
    }
    html.append("</ul><p>");
    html.append(link("download ", sources.file, words.say("file")));
    html.append(link("", sources.hls, "HLS")).append(link("", sources.dash, "DASH"));
    html.append("</p></details>\n");
  }
}
