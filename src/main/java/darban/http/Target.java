package darban.http;

import org.jspecify.annotations.Nullable;

/**
 * A request target (RFC 9112 §3.2), kept as it was sent. Immutable.
 *
 * @param form which of the four forms it has
 * @param scheme {@code http} or {@code https} of an absolute-form, else null
 * @param authority the authority of an absolute- or authority-form, else null
 * @param path the path with query, raw: starts with {@code /}, or is {@code *}, or is empty for an
 *     authority-form
 */
public record Target(Form form, @Nullable String scheme, @Nullable String authority, String path) {

  /** The four forms of RFC 9112 §3.2. */
  public enum Form {
    /** {@code /path?query}, to a server or a reverse proxy. */
    ORIGIN,
    /** {@code http://host/path}, to a forward proxy. */
    ABSOLUTE,
    /** {@code host:port}, with CONNECT. */
    AUTHORITY,
    /** {@code *}, with OPTIONS. */
    ASTERISK
  }

  /** {@code *}. */
  public static final Target ANY = new Target(Form.ASTERISK, null, null, "*");

  /** An origin-form target. */
  public static Target origin(String path) {
    return new Target(Form.ORIGIN, null, null, path);
  }

  /** An authority-form target. */
  public static Target authority(String authority) {
    return new Target(Form.AUTHORITY, null, authority, "");
  }

  /** The path without the query, raw. */
  public String pathOnly() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /** The query without its question mark, raw, or null where there is none. */
  public @Nullable String query() {
    int query = path.indexOf('?');
    return query < 0 ? null : path.substring(query + 1);
  }

  /** As HTTP/1 writes it. */
  @Override
  public String toString() {
    return switch (form) {
      case ORIGIN, ASTERISK -> path;
      case AUTHORITY -> authority == null ? "" : authority;
      case ABSOLUTE -> scheme + "://" + authority + (path.equals("*") ? "" : path);
    };
  }
}
