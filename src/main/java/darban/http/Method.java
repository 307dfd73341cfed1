package darban.http;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request method (RFC 9110 §9). Names are case-sensitive; the known ones are the constants below,
 * so they may be compared by {@code ==}.
 *
 * @param name the token as sent
 * @param safe asks for no change at the origin (RFC 9110 §9.2.1)
 * @param idempotent may be repeated without another effect (RFC 9110 §9.2.2)
 */
public record Method(String name, boolean safe, boolean idempotent) {
  public static final Method GET = new Method("GET", true, true);
  public static final Method HEAD = new Method("HEAD", true, true);
  public static final Method OPTIONS = new Method("OPTIONS", true, true);
  public static final Method TRACE = new Method("TRACE", true, true);
  public static final Method PUT = new Method("PUT", false, true);
  public static final Method DELETE = new Method("DELETE", false, true);
  public static final Method POST = new Method("POST", false, false);
  public static final Method PATCH = new Method("PATCH", false, false);
  public static final Method CONNECT = new Method("CONNECT", false, false);
  public static final Method PROPFIND = new Method("PROPFIND", true, true);
  public static final Method MKCOL = new Method("MKCOL", false, true);
  public static final Method PURGE = new Method("PURGE", false, true);

  private static final Map<String, Method> KNOWN =
      Stream.of(
              GET, HEAD, OPTIONS, TRACE, PUT, DELETE, POST, PATCH, CONNECT, PROPFIND, MKCOL, PURGE)
          .collect(Collectors.toUnmodifiableMap(Method::name, Function.identity()));

  /** The method of that name; an unknown one is neither safe nor idempotent. */
  public static Method of(String name) {
    Method known = KNOWN.get(name);
    return known != null ? known : new Method(name, false, false);
  }

  /** By name, which tells the rest. What a record compares by is made up when it first does so. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Method method && name.equals(method.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
