package darban.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a field (RFC 9110 §5.1), compared without regard to case.
 *
 * <p>Every name Darban has a word for is a constant, and parsing such a name yields that constant,
 * so the common comparison is one of references. Other names keep their spelling for HTTP/1.
 * Immutable, any thread.
 */
public final class FieldName {
  private static final int TABLE = 512;
  private static final @Nullable FieldName[] KNOWN = new FieldName[TABLE];

  /** Named by the sender as belonging to this connection only (RFC 9110 §7.6.1). */
  private enum Hop {
    BY_HOP,
    END_TO_END
  }

  // What begins a head of HTTP/2 and HTTP/3 (RFC 9113 §8.3); no field of HTTP/1 can be named so
  public static final FieldName PSEUDO_STATUS = known(":status");
  public static final FieldName PSEUDO_METHOD = known(":method");
  public static final FieldName PSEUDO_SCHEME = known(":scheme");
  public static final FieldName PSEUDO_AUTHORITY = known(":authority");
  public static final FieldName PSEUDO_PATH = known(":path");
  public static final FieldName PSEUDO_PROTOCOL = known(":protocol");

  // Message framing and connection
  public static final FieldName CONNECTION = known("Connection", Hop.BY_HOP);
  public static final FieldName KEEP_ALIVE = known("Keep-Alive", Hop.BY_HOP);
  public static final FieldName PROXY_CONNECTION = known("Proxy-Connection", Hop.BY_HOP);
  public static final FieldName TRANSFER_ENCODING = known("Transfer-Encoding", Hop.BY_HOP);
  public static final FieldName TE = known("TE", Hop.BY_HOP);
  public static final FieldName UPGRADE = known("Upgrade", Hop.BY_HOP);
  public static final FieldName HTTP2_SETTINGS = known("HTTP2-Settings", Hop.BY_HOP);
  public static final FieldName PROXY_AUTHORIZATION = known("Proxy-Authorization", Hop.BY_HOP);
  public static final FieldName PROXY_AUTHENTICATE = known("Proxy-Authenticate", Hop.BY_HOP);
  public static final FieldName CONTENT_LENGTH = known("Content-Length");
  public static final FieldName TRAILER = known("Trailer");
  public static final FieldName EXPECT = known("Expect");
  public static final FieldName HOST = known("Host");
  public static final FieldName DATE = known("Date");

  // Forwarding
  public static final FieldName VIA = known("Via");
  public static final FieldName FORWARDED = known("Forwarded");
  public static final FieldName X_FORWARDED_FOR = known("X-Forwarded-For");
  public static final FieldName X_FORWARDED_PROTO = known("X-Forwarded-Proto");
  public static final FieldName X_FORWARDED_HOST = known("X-Forwarded-Host");
  public static final FieldName X_FORWARDED_PORT = known("X-Forwarded-Port");
  public static final FieldName X_REAL_IP = known("X-Real-IP");
  public static final FieldName MAX_FORWARDS = known("Max-Forwards");
  public static final FieldName CDN_LOOP = known("CDN-Loop");
  public static final FieldName PROXY_STATUS = known("Proxy-Status");
  public static final FieldName TRACEPARENT = known("traceparent");
  public static final FieldName TRACESTATE = known("tracestate");
  public static final FieldName EARLY_DATA = known("Early-Data");

  // Representation and conditions
  public static final FieldName ACCEPT = known("Accept");
  public static final FieldName ACCEPT_ENCODING = known("Accept-Encoding");
  public static final FieldName ACCEPT_LANGUAGE = known("Accept-Language");
  public static final FieldName ACCEPT_RANGES = known("Accept-Ranges");
  public static final FieldName ALLOW = known("Allow");
  public static final FieldName ALT_SVC = known("Alt-Svc");
  public static final FieldName CONTENT_DISPOSITION = known("Content-Disposition");
  public static final FieldName CONTENT_ENCODING = known("Content-Encoding");
  public static final FieldName CONTENT_LANGUAGE = known("Content-Language");
  public static final FieldName CONTENT_LOCATION = known("Content-Location");
  public static final FieldName CONTENT_RANGE = known("Content-Range");
  public static final FieldName CONTENT_SECURITY_POLICY = known("Content-Security-Policy");
  public static final FieldName CONTENT_TYPE = known("Content-Type");
  public static final FieldName ETAG = known("ETag");
  public static final FieldName IF_MATCH = known("If-Match");
  public static final FieldName IF_MODIFIED_SINCE = known("If-Modified-Since");
  public static final FieldName IF_NONE_MATCH = known("If-None-Match");
  public static final FieldName IF_RANGE = known("If-Range");
  public static final FieldName IF_UNMODIFIED_SINCE = known("If-Unmodified-Since");
  public static final FieldName LAST_MODIFIED = known("Last-Modified");
  public static final FieldName LINK = known("Link");
  public static final FieldName LOCATION = known("Location");
  public static final FieldName RANGE = known("Range");
  public static final FieldName RETRY_AFTER = known("Retry-After");
  public static final FieldName SERVER = known("Server");
  public static final FieldName STRICT_TRANSPORT_SECURITY = known("Strict-Transport-Security");
  public static final FieldName USER_AGENT = known("User-Agent");
  public static final FieldName REFERER = known("Referer");
  public static final FieldName ORIGIN = known("Origin");
  public static final FieldName WWW_AUTHENTICATE = known("WWW-Authenticate");
  public static final FieldName AUTHORIZATION = known("Authorization");
  public static final FieldName COOKIE = known("Cookie");
  public static final FieldName SET_COOKIE = known("Set-Cookie");
  public static final FieldName X_CONTENT_TYPE_OPTIONS = known("X-Content-Type-Options");
  public static final FieldName X_REQUEST_ID = known("X-Request-ID");

  // Caching
  public static final FieldName AGE = known("Age");
  public static final FieldName CACHE_CONTROL = known("Cache-Control");
  public static final FieldName CACHE_GROUP_INVALIDATION = known("Cache-Group-Invalidation");
  public static final FieldName CACHE_GROUPS = known("Cache-Groups");
  public static final FieldName CACHE_STATUS = known("Cache-Status");
  public static final FieldName CACHE_TAG = known("Cache-Tag");
  public static final FieldName CDN_CACHE_CONTROL = known("CDN-Cache-Control");
  public static final FieldName DARBAN_CACHE_CONTROL = known("Darban-Cache-Control");
  public static final FieldName EXPIRES = known("Expires");
  public static final FieldName NO_VARY_SEARCH = known("No-Vary-Search");
  public static final FieldName PRAGMA = known("Pragma");
  public static final FieldName PROXY_AUTHENTICATION_INFO = known("Proxy-Authentication-Info");
  public static final FieldName SURROGATE_KEY = known("Surrogate-Key");
  public static final FieldName VARY = known("Vary");

  // WebSocket (RFC 6455)
  public static final FieldName SEC_WEBSOCKET_ACCEPT = known("Sec-WebSocket-Accept");
  public static final FieldName SEC_WEBSOCKET_EXTENSIONS = known("Sec-WebSocket-Extensions");
  public static final FieldName SEC_WEBSOCKET_KEY = known("Sec-WebSocket-Key");
  public static final FieldName SEC_WEBSOCKET_PROTOCOL = known("Sec-WebSocket-Protocol");
  public static final FieldName SEC_WEBSOCKET_VERSION = known("Sec-WebSocket-Version");

  private final String lower;
  private final byte[] spelling;
  private final int hash;
  private final boolean byHop;

  private FieldName(String spelling, boolean byHop) {
    this.spelling = spelling.getBytes(StandardCharsets.ISO_8859_1);
    this.lower = spelling.toLowerCase(Locale.ROOT);
    this.hash = hash(this.spelling, 0, this.spelling.length);
    this.byHop = byHop;
  }

  private static FieldName known(String spelling) {
    return known(spelling, Hop.END_TO_END);
  }

  private static FieldName known(String spelling, Hop hop) {
    FieldName name = new FieldName(spelling, hop == Hop.BY_HOP);
    int slot = name.hash & (TABLE - 1);
    while (KNOWN[slot] != null) {
      slot = (slot + 1) & (TABLE - 1);
    }
    KNOWN[slot] = name;
    return name;
  }

  /** The name spelled {@code text}, which must be a token: the constant if there is one. */
  public static FieldName of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return of(bytes, 0, bytes.length);
  }

  /** As {@link #of(String)}, for the bytes {@code from} up to but without {@code to}. */
  public static FieldName of(byte[] bytes, int from, int to) {
    int slot = hash(bytes, from, to) & (TABLE - 1);
    for (FieldName known = KNOWN[slot]; known != null; known = KNOWN[slot]) {
      if (known.matches(bytes, from, to)) {
        return known;
      }
      slot = (slot + 1) & (TABLE - 1);
    }
    return new FieldName(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1), false);
  }

  private static int hash(byte[] bytes, int from, int to) {
    int h = to - from;
    for (int i = from; i < to; i++) {
      h = h * 31 + (bytes[i] | 0x20);
    }
    return h ^ (h >>> 9);
  }

  private boolean matches(byte[] bytes, int from, int to) {
    if (to - from != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      int b = bytes[from + i];
      if (b >= 'A' && b <= 'Z') {
        b |= 0x20;
      }
      if (b != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The name in lower case, as HTTP/2 and HTTP/3 send it. */
  public String lower() {
    return lower;
  }

  /** Number of bytes of {@link #spelling}. */
  public int length() {
    return spelling.length;
  }

  /** Copies the name as HTTP/1 sends it into {@code to} at {@code at}; returns the end. */
  public int copy(byte[] to, int at) {
    System.arraycopy(spelling, 0, to, at, spelling.length);
    return at + spelling.length;
  }

  /** Whether it always belongs to one connection and is never forwarded (RFC 9110 §7.6.1). */
  public boolean isHopByHop() {
    return byHop;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return this == o || (o instanceof FieldName n && hash == n.hash && lower.equals(n.lower));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The name as it was spelled. */
  @Override
  public String toString() {
    return new String(spelling, StandardCharsets.ISO_8859_1);
  }
}
