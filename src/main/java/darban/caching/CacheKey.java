package darban.caching;

import darban.base.HostPort;
import darban.http.FieldName;
import darban.http.RequestHead;
import darban.http.Target;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The primary key of stored responses (RFC 9111 §2): the target URI with what of its query counts,
 * then the request fields that the policy names. GET and HEAD share it.
 *
 * <p>The path stands in it as it is forwarded, undecoded and with its dots: two spellings that an
 * origin might tell apart are two keys.
 *
 * @param text printable, without a line break; the URI ends at the first space or with the text
 */
public record CacheKey(String text) {

  /** The key of a request to {@code scheme}, which is that of the client's connection. */
  public static CacheKey of(RequestHead head, String scheme, CachePolicy.Key policy) {
    Target target = head.target();
    String ofTarget = target.scheme();
    String effective = ofTarget == null ? scheme : ofTarget.toLowerCase(Locale.ROOT);
    String origin = origin(effective, head.authority());
    String query = policy.query().apply(target.query());
    String uri = uri(origin, target.pathOnly(), query);
    return policy.fields().isEmpty() ? new CacheKey(uri) : new CacheKey(uri + extras(head, policy));
  }

  /** The same key with one request field more. */
  public CacheKey and(FieldName name, String value) {
    return new CacheKey(text + ' ' + name.lower() + '=' + escaped(value));
  }

  /** The key of another URI with the request fields of this one. */
  public CacheKey withUri(String uri) {
    return new CacheKey(uri + text.substring(uri().length()));
  }

  /** The target URI that the key is made of, without request fields. */
  public String uri() {
    int space = text.indexOf(' ');
    return space < 0 ? text : text.substring(0, space);
  }

  /** The origin, as {@code https://example.com} (RFC 9110 §4.3.1). */
  public String origin() {
    int path = text.indexOf('/', text.indexOf("://") + 3);
    return path < 0 ? uri() : text.substring(0, path);
  }

  /** The same key with another query; null for none. */
  public CacheKey withQuery(@Nullable String query) {
    String uri = uri();
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    return new CacheKey((query == null ? path : path + '?' + query) + text.substring(uri.length()));
  }

  /** The query of the URI; null where there is none. */
  public @Nullable String query() {
    String uri = uri();
    int mark = uri.indexOf('?');
    return mark < 0 ? null : uri.substring(mark + 1);
  }

  /**
   * The URI that {@code reference} means when it comes in a field of a response to this key's
   * target (RFC 3986 §5.2), with what of its query counts; empty where it is of another origin.
   */
  public Optional<String> resolve(String reference, CachePolicy.Key policy) {
    String origin = origin();
    return Reference.resolve(uri(), origin, reference)
        .map(target -> {
          Target parsed = Target.origin(target);
          return uri(origin, parsed.pathOnly(), policy.query().apply(parsed.query()));
        });
  }

  /** A short stand-in for the text that nobody can find a second text for: 128 bits of SHA-256. */
  public Hash hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      return new Hash(bytes.getLong(), bytes.getLong());
    } catch (NoSuchAlgorithmException everyPlatformHasIt) {
      throw new IllegalStateException(everyPlatformHasIt);
    }
  }

  /**
   * 128 bits.
   *
   * @param high the first 64
   * @param low the other 64
   */
  public record Hash(long high, long low) {
    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%016x%016x", high, low);
    }
  }

  /** Scheme and authority in their normal form (RFC 9110 §4.2.3). */
  static String origin(String scheme, String authority) {
    String host =
        HostPort.normalized(authority).orElseGet(() -> escaped(authority.toLowerCase(Locale.ROOT)));
    String usual = scheme.equals("https") ? ":443" : ":80";
    int end = host.endsWith(usual) ? host.length() - usual.length() : host.length();
    return scheme + "://" + host.substring(0, end);
  }

  static String uri(String origin, String path, @Nullable String query) {
    String uri = query == null ? origin + path : origin + path + '?' + query;
    return uri.indexOf(' ') < 0 ? uri : uri.replace(" ", "%20");
  }

  private static String extras(RequestHead head, CachePolicy.Key policy) {
    StringBuilder out = new StringBuilder();
    for (FieldName name : policy.fields()) {
      String value = head.fields().joined(name);
      out.append(' ').append(name.lower());
      if (value != null) {
        out.append('=').append(escaped(value));
      }
    }
    return out.toString();
  }

  /** So that a value cannot pass for the next field. */
  private static String escaped(String value) {
    return value.replace("%", "%25").replace(" ", "%20");
  }

  /** The text. */
  @Override
  public String toString() {
    return text;
  }
}
