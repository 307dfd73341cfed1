package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Request fields by which some origins take a request for another one than its head says: another
 * path, method, host or scheme. They are no part of the key, so what came of them must not be
 * stored; a request that may fill the cache goes without them. Who needs one names it among the
 * fields of the key.
 */
public final class Overrides {
  private static final Set<FieldName> NAMES =
      Stream.of(
              "Forwarded",
              "X-Original-URL",
              "X-Rewrite-URL",
              "X-HTTP-Method",
              "X-HTTP-Method-Override",
              "X-Method-Override",
              "X-Original-Host",
              "X-Host",
              "X-Forwarded-Server",
              "X-Forwarded-Scheme",
              "X-Forwarded-Ssl",
              "X-Forwarded-Prefix",
              "X-Forwarded-Path",
              "X-Forwarded-Uri",
              "Front-End-Https")
          .map(FieldName::of)
          .collect(Collectors.toUnmodifiableSet());

  private Overrides() {}

  /** The request without them; the same one where it has none. */
  public static RequestHead removed(RequestHead request, CachePolicy.Key policy) {
    Fields fields = request.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (overrides(fields.name(i), policy)) {
        return request.withFields(fields.filtered(name -> !overrides(name, policy)).build());
      }
    }
    return request;
  }

  private static boolean overrides(FieldName name, CachePolicy.Key policy) {
    return NAMES.contains(name) && !policy.fields().contains(name);
  }
}
