package darban.caching;

import darban.http.FieldName;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a request that changed something makes worthless (RFC 9111 §4.4, RFC 9875 §3).
 *
 * @param uris stored responses whose {@link CacheKey#uri} is one of these
 * @param origin scheme and authority that {@code groups} belong to
 * @param groups stored responses of that origin that are in one of these
 */
public record Invalidation(Set<String> uris, String origin, Set<String> groups) {
  public Invalidation {
    uris = Set.copyOf(uris);
    groups = Set.copyOf(groups);
  }

  /**
   * What {@code response} to {@code request} invalidates; empty where that is nothing: the method
   * is safe, or the response an error.
   *
   * @param key of the request's target, made as for GET
   */
  public static Optional<Invalidation> of(
      RequestHead request, CacheKey key, ResponseHead response, CachePolicy.Key policy) {
    boolean succeeded = response.status() >= 200 && response.status() < 400;
    if (request.method().safe() || request.method() == Method.CONNECT || !succeeded) {
      return Optional.empty();
    }
    Set<String> uris = new LinkedHashSet<>();
    uris.add(key.uri());
    for (String location : response.fields().all(FieldName.LOCATION)) {
      key.resolve(location, policy).ifPresent(uris::add);
    }
    for (String location : response.fields().all(FieldName.CONTENT_LOCATION)) {
      key.resolve(location, policy).ifPresent(uris::add);
    }
    Set<String> groups = Labels.groups(response.fields(), FieldName.CACHE_GROUP_INVALIDATION);
    return Optional.of(new Invalidation(uris, key.origin(), groups));
  }
}
