package darban.serve;

import java.util.List;

/**
 * What all pages have around them: head, language, colours. Immutable, any thread.
 *
 * @param words what it says
 * @param depth how many folders there are from the page up to the site's own
 * @param query what the page's address has besides the language, as a query has it, or nothing
 */
public record Shell(Words words, int depth, String query) {
  /** Around a page that is asked for by its path. */
  public Shell(Words words, int depth) {
    this(words, depth, "");
  }

  /** From the page to the site's folder. */
  public String up() {
    return depth == 0 ? "./" : "../".repeat(depth);
  }

  /** A page that is called by {@code title}, with these scripts. */
  public String page(String title, List<String> scripts, String content) {
    StringBuilder html = new StringBuilder(content.length() + 4096);
    html.append(
        """
        <!doctype html>
        <html lang="%s" dir="%s" data-up="%s"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <link rel="icon" href="%s"><link rel="stylesheet" href="%s">
        """
            .formatted(
                words.language(),
                words.direction(),
                up(),
                Html.escaped(title),
                PageFiles.address(up(), "icon.svg"),
                PageFiles.address(up(), "page.css")));
    // Before anything is painted.
    html.append("<script src=\"%s\"></script>\n".formatted(PageFiles.address(up(), "common.js")));
    for (String each : scripts) {
      html.append("<script defer src=\"%s\"></script>\n".formatted(PageFiles.address(up(), each)));
    }
    return html.append("</head><body>\n")
        .append("<a class=\"skip\" href=\"#content\">%s</a>\n".formatted(words.say("skip")))
        .append(content)
        .append("</body></html>\n")
        .toString();
  }

  /** Where a reader changes language and colours. */
  public String choices() {
    StringBuilder html = new StringBuilder();
    html.append("<nav class=\"choices\" aria-label=\"%s\">".formatted(words.say("choices")));
    String kept = query.isEmpty() ? "" : Html.escaped(query) + "&amp;";
    for (Words each : Words.all()) {
      if (each != words) {
        html.append(
            "<a href=\"?%slang=%s\" lang=\"%s\" hreflang=\"%s\">%s</a>"
                .formatted(kept, each.language(), each.language(), each.language(), each.name()));
      }
    }
    return html.append(
            """
            <button type="button" id="theme" hidden data-auto="%s" data-light="%s" data-dark="%s"></button></nav>
            """
                .formatted(words.say("auto"), words.say("light"), words.say("dark")))
        .toString();
  }
}
