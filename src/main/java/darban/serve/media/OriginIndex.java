package darban.serve.media;

import darban.base.Failure;
import darban.exchange.Exchange;
import darban.http.Paths;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Names of files behind an origin: those that the configuration tells, else the links of the page
 * that the origin has for a folder, as all web servers make them ({@code autoindex}). One per event
 * loop.
 */
final class OriginIndex {
  private static final Pattern LINK =
      Pattern.compile(
          "<a\\s[^>]*?href\\s*=\\s*[\"']([^\"'<>]{1,1000})[\"']", Pattern.CASE_INSENSITIVE);

  /** Longer pages are not read. */
  static final int LONGEST = 4 << 20;

  private final OriginSite site;
  private final List<String> told;

  /** The names that {@code site} has, or that were {@code told}. */
  OriginIndex(OriginSite site, List<String> told) {
    this.site = site;
    this.told = told.stream().map(each -> each.replaceFirst("^/+", "")).toList();
  }

  /** Names in a folder; those of folders end with a slash. Empty if nobody tells. */
  Future<List<String>> names(Exchange cause, String folder) {
    return names(cause, folder, ending -> {});
  }

  /** The same, where {@code ending} takes who is to be told to end it. */
  Future<List<String>> names(Exchange cause, String folder, Consumer<Consumer<Failure>> ending) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    if (!told.isEmpty()) {
      return Future.succeededFuture(told(prefix));
    }
    String address = prefix.isEmpty() ? "/" : OriginSite.address(prefix);
    return site.text(cause, address, LONGEST, ending)
        .map(page ->
            page.filter(text -> text.type().equalsIgnoreCase("text/html"))
                .map(text ->
                    links(
                        StandardCharsets.UTF_8.decode(text.bytes()).toString(), site.own(address)))
                .orElse(List.of()));
  }

  private List<String> told(String prefix) {
    Set<String> names = new LinkedHashSet<>();
    for (String each : told) {
      if (each.startsWith(prefix) && each.length() > prefix.length()) {
        int slash = each.indexOf('/', prefix.length());
        names.add(each.substring(prefix.length(), slash < 0 ? each.length() : slash + 1));
      }
    }
    return List.copyOf(names);
  }

  /**
   * What lies in the folder itself: not above it, not elsewhere, not the same in another order.
   *
   * @param address of the folder, as the origin knows it
   */
  static List<String> links(String html, String address) {
    Set<String> names = new LinkedHashSet<>();
    for (MatchResult link : LINK.matcher(html).results().toList()) {
      String href = link.group(1).replace("&amp;", "&");
      String name = href.startsWith(address) ? href.substring(address.length()) : href;
      name(name.startsWith("./") ? name.substring(2) : name).ifPresent(names::add);
    }
    return new ArrayList<>(names);
  }

  private static Optional<String> name(String link) {
    int slash = link.indexOf('/');
    boolean within = slash < 0 || slash == link.length() - 1;
    return within && link.indexOf('?') < 0 && link.indexOf('#') < 0
        ? Paths.decoded(link).filter(OriginIndex::isName)
        : Optional.empty();
  }

  private static boolean isName(String name) {
    String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return !bare.isEmpty()
        && bare.indexOf('/') < 0
        && bare.indexOf('\0') < 0
        && bare.indexOf(':') < 0
        && !bare.startsWith(".")
        && !bare.startsWith("~");
  }
}
