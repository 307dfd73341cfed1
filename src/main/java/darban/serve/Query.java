package darban.serve;

import darban.http.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The parameters of a request as forms send them; of several with one name the first counts.
 * Immutable, any thread.
 *
 * @param parameters decoded
 */
public record Query(Map<String, String> parameters) {
  private static final Logger LOG = Logger.getLogger("darban");

  public Query {
    parameters = Map.copyOf(parameters);
  }

  /** Those of a request. What is malformed is left out. */
  public static Query of(RequestHead head) {
    Map<String, String> all = new HashMap<>();
    String query = head.target().query();
    for (String each : query == null ? new String[0] : query.split("&")) {
      int equals = each.indexOf('=');
      if (equals > 0) {
        put(all, each.substring(0, equals), each.substring(equals + 1));
      }
    }
    return new Query(all);
  }

  private static void put(Map<String, String> all, String name, String value) {
    try {
      all.putIfAbsent(
          URLDecoder.decode(name, StandardCharsets.UTF_8),
          URLDecoder.decode(value, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException malformed) {
      LOG.log(Level.FINE, "a parameter is left out", malformed);
    }
  }

  /** A parameter, or nothing. */
  public String get(String name) {
    return parameters.getOrDefault(name, "");
  }
}
