package darban.serve.media;

import darban.serve.Html;
import darban.serve.PageFiles;
import darban.serve.Shell;
import darban.serve.Words;
import java.util.List;

/** A folder of a library, or what was searched for in it, as a page. Pure. */
final class LibraryPage {
  private final Shell shell;
  private final Words words;
  private final String folder;
  private final String query;
  private final StringBuilder html = new StringBuilder(16_384);

  private LibraryPage(Shell shell, String folder, String query) {
    this.shell = shell;
    this.words = shell.words();
    this.folder = folder;
    this.query = query;
  }

  /**
   * The page.
   *
   * @param folder path of it; empty for the library's root
   * @param query what was searched for, or nothing
   * @param items in the order in which they are shown
   */
  static String of(Shell shell, String folder, String query, List<Item> items) {
    LibraryPage page = new LibraryPage(shell, folder, query);
    page.bar();
    page.html.append("<main id=\"content\">\n");
    page.crumbs();
    if (folder.isEmpty()) {
      page.unfinished();
    }
    page.results(items);
    page.html.append("</main>\n");
    String title =
        folder.isEmpty()
            ? shell.words().say("library")
            : folder.substring(folder.lastIndexOf('/') + 1);
    return shell.page(title, List.of("library.js"), page.html.toString());
  }

  private void bar() {
    html.append(
        """
        <header class="bar"><a class="brand" href="%s"><img src="%s" alt=""> %s</a>
        <form id="search" role="search" method="get">
        <label class="hidden" for="q">%s</label>
        <input id="q" type="search" name="q" value="%s" placeholder="%s" autocomplete="off" dir="auto" aria-controls="results">
        </form>%s</header>
        """
            .formatted(
                shell.up(),
                PageFiles.address(shell.up(), "icon.svg"),
                words.say("library"),
                words.say("search.in"),
                Html.escaped(query),
                words.say("search.in"),
                shell.choices()));
  }

  /** The folders above, each of which can be gone to. */
  private void crumbs() {
    if (folder.isEmpty()) {
      html.append("<h1 class=\"hidden\">").append(words.say("library")).append("</h1>\n");
      return;
    }
    String[] names = folder.split("/");
    html.append("<nav><ol class=\"crumbs\">\n");
    // The highest may be a folder within the library, where nothing above is for this reader.
    for (int depth = shell.depth(); depth > 0; depth--) {
      int at = names.length - 1 - depth;
      html.append(
          "<li><a href=\"%s\" dir=\"auto\">%s</a></li>\n"
              .formatted(
                  "../".repeat(depth), at < 0 ? words.say("library") : Html.escaped(names[at])));
    }
    html.append(
        "<li><h1 aria-current=\"page\" dir=\"auto\">%s</h1></li></ol></nav>\n"
            .formatted(Html.escaped(names[names.length - 1])));
  }

  /** Filled by the browser, which alone knows. */
  private void unfinished() {
    html.append(
        """
        <section id="continue" hidden><h2>%s</h2><ul class="cards"></ul></section>
        <template id="card"><li class="card"><a><span class="shot"><img alt="" width="320" height="180"><span class="time"></span>\
        <progress></progress></span><span class="name" dir="auto"></span></a>\
        <button type="button" title="%s" aria-label="%s">×</button></li></template>
        """
            .formatted(words.say("continue"), words.say("forget"), words.say("forget")));
  }

  private void results(List<Item> items) {
    html.append("<div id=\"results\">\n");
    if (!query.isEmpty()) {
      html.append(
          "<h2>%s</h2>\n<p role=\"status\" class=\"note\">%s · <a href=\"./\">%s</a></p>\n"
              .formatted(
                  words.say("searched", query),
                  words.say("found", words.digits(Integer.toString(items.size()))),
                  words.say("clear")));
    }
    List<Item> folders = items.stream().filter(Item::isFolder).toList();
    List<Item> films = items.stream().filter(each -> !each.isFolder()).toList();
    if (!folders.isEmpty()) {
      html.append("<h2>%s</h2>\n<ul class=\"folders\">\n".formatted(words.say("folders")));
      for (Item each : folders) {
        html.append(
            "<li><a href=\"%s\"><bdi>%s</bdi></a></li>\n"
                .formatted(each.href(folder), Html.escaped(each.name())));
      }
      html.append("</ul>\n");
    }
    if (!films.isEmpty()) {
      if (query.isEmpty()) {
        html.append("<h2>").append(words.say("films")).append("</h2>\n");
      }
      html.append("<ul class=\"cards\">\n");
      String seen = words.say("seen");
      films.forEach(each -> card(each, seen));
      html.append("</ul>\n");
    } else if (folders.isEmpty()) {
      String none = query.isEmpty() ? "none" : "none.found";
      html.append("<p class=\"note\">").append(words.say(none)).append("</p>\n");
    }
    html.append("</div>\n");
  }

  private void card(Item item, String seen) {
    html.append("<li class=\"card\" data-path=\"").append(Html.escaped(item.path()));
    html.append("\"><a href=\"").append(item.href(folder));
    html.append(
        "\"><span class=\"shot\"><img loading=\"lazy\" alt=\"\" width=\"320\" height=\"180\"");
    html.append(" src=\"").append(item.poster(folder)).append("\"><span class=\"time\">");
    html.append(item.millis() > 0 ? words.clock(item.millis()) : "");
    html.append("</span><progress hidden data-label=\"").append(seen);
    html.append("\"></progress></span><span class=\"name\" dir=\"auto\">");
    html.append(Html.escaped(item.title())).append("</span>");
    if (!query.isEmpty() && !item.parent().isEmpty()) {
      html.append("<span class=\"where\" dir=\"auto\">");
      html.append(Html.escaped(item.parent())).append("</span>");
    }
    html.append("</a></li>\n");
  }
}
