package darban.stage.signed;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A token that a request carries, and the request without it. Pure.
 *
 * @param token as it came; of several the first, and none of them is passed on
 * @param by how it came
 * @param request without it
 */
record Carried(Optional<String> token, By by, RequestHead request) {
  /** How a token comes. */
  enum By {
    QUERY,
    PATH,
    COOKIE,
    NOT_AT_ALL
  }

  /** The token called {@code name} of a request: of its query, else of its path, else a cookie. */
  static Carried of(RequestHead request, String name) {
    String start = name + "=";
    List<String> found = new ArrayList<>(1);
    Target target = request.target();
    String query = target.query();
    String otherQuery = query == null ? null : without(query, "&", start, found);
    By by = found.isEmpty() ? By.NOT_AT_ALL : By.QUERY;
    String path = target.pathOnly();
    String otherPath = path.startsWith("/") ? without(path, "/", start, found) : path;
    by = by == By.NOT_AT_ALL && !found.isEmpty() ? By.PATH : by;
    int ofTarget = found.size();
    Fields fields = withoutCookie(request.fields(), start, found);
    by = by == By.NOT_AT_ALL && !found.isEmpty() ? By.COOKIE : by;
    if (found.isEmpty()) {
      return new Carried(Optional.empty(), by, request);
    }
    boolean cut = otherQuery == null || (otherQuery.isEmpty() && query != null && !query.isEmpty());
    String rest = otherPath.isEmpty() ? "/" : otherPath;
    RequestHead bare =
        ofTarget == 0 ? request : request.withPath(cut ? rest : rest + '?' + otherQuery);
    return new Carried(Optional.of(found.getFirst()), by, bare.withFields(fields));
  }

  /** {@code text} without the pieces between {@code separator} that begin with {@code start}. */
  private static String without(String text, String separator, String start, List<String> found) {
    if (!text.contains(start)) {
      return text;
    }
    return Arrays.stream(text.split(separator, -1))
        .filter(piece -> {
          boolean token = piece.startsWith(start);
          if (token) {
            found.add(piece.substring(start.length()));
          }
          return !token;
        })
        .collect(Collectors.joining(separator));
  }

  private static Fields withoutCookie(Fields fields, String start, List<String> found) {
    String cookies = fields.joined(FieldName.COOKIE);
    if (cookies == null || !cookies.contains(start)) {
      return fields;
    }
    List<String> kept = new ArrayList<>();
    for (String line : fields.all(FieldName.COOKIE)) {
      for (String cookie : line.split(";", -1)) {
        String bare = cookie.strip();
        if (bare.startsWith(start)) {
          found.add(bare.substring(start.length()));
        } else if (!bare.isEmpty()) {
          kept.add(bare);
        }
      }
    }
    Fields.Builder others = fields.filtered(name -> name != FieldName.COOKIE);
    if (!kept.isEmpty()) {
      others.add(FieldName.COOKIE, String.join("; ", kept));
    }
    return others.build();
  }
}
