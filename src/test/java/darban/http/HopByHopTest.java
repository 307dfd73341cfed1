package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTest {
  @Test
  void endToEnd_connectionFieldsAndWhatTheyName_dropped() {
    Fields fields =
        Fields.of(
            "Connection",
            "close, X-Hop",
            "X-Hop",
            "1",
            "x-hop",
            "2",
            "Keep-Alive",
            "timeout=5",
            "Proxy-Connection",
            "x",
            "TE",
            "gzip",
            "Transfer-Encoding",
            "chunked",
            "Upgrade",
            "a",
            "Proxy-Authorization",
            "b",
            "HTTP2-Settings",
            "c",
            "X-End",
            "3",
            "Connection",
            "x-two",
            "X-Two",
            "4");
    assertEquals(Fields.of("X-End", "3"), HopByHop.endToEnd(fields));
  }

  @Test
  void withoutNamed_framingFields_stay() {
    Fields fields =
        Fields.of(
            "Connection",
            "content-length, HOST, trailer, expect, te, \"quoted\", , @",
            "Content-Length",
            "1",
            "Host",
            "a",
            "Trailer",
            "b",
            "Expect",
            "c",
            "TE",
            "d");
    assertEquals(fields, HopByHop.withoutNamed(fields));
    Fields none = Fields.of("X", "1");
    assertSame(none, HopByHop.withoutNamed(none));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding",
        "Connection",
        "Content-Length",
        "Host",
        "Trailer",
        "Authorization",
        "Cookie",
        "Set-Cookie",
        "Content-Type",
        "Content-Encoding",
        "Content-Range",
        "Range",
        "Cache-Control",
        "Age",
        "Vary",
        "Location",
        "Via",
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Anything",
        "X-Real-IP",
        "If-Match",
        "if-none-match",
        "Proxy-Authorization",
        "TE",
        "Expect",
        "Max-Forwards",
        "Date",
        "Expires",
        "Pragma",
        "Retry-After",
        "WWW-Authenticate",
      })
  void trailer_framingRoutingAndControl_notAllowed(String name) {
    assertFalse(HopByHop.allowedInTrailer(FieldName.of(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Digest", "ETag", "Server-Timing", "grpc-status", "X-Checksum"})
  void trailer_otherFields_allowed(String name) {
    assertTrue(HopByHop.allowedInTrailer(FieldName.of(name)));
  }

  private static @Nullable String upgrade(Version version, String... fields) {
    return HopByHop.upgrade(
        new RequestHead(version, Method.GET, Target.origin("/"), "a", Fields.of(fields), null));
  }

  @Test
  void upgrade_askedProperly_named() {
    assertEquals(
        "websocket",
        upgrade(Version.HTTP_1_1, "Connection", "keep-alive, Upgrade", "Upgrade", "websocket"));
    assertNull(upgrade(Version.HTTP_1_0, "Connection", "Upgrade", "Upgrade", "websocket"));
    assertNull(upgrade(Version.HTTP_2, "Connection", "Upgrade", "Upgrade", "websocket"));
    assertNull(upgrade(Version.HTTP_1_1, "Upgrade", "websocket"));
    assertNull(upgrade(Version.HTTP_1_1, "Connection", "Upgrade"));
    assertNull(upgrade(Version.HTTP_1_1, "Connection", "Upgrade", "Upgrade", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          h2c                         | -
          H2C, websocket              | websocket
          foo/1, HTTP/2.0, TLS/1.0, x | foo/1, x
          http / 3                    | -
          http2-like                  | http2-like
          """)
  void upgrade_toOtherHttpOrTls_leftOut(String asked, @Nullable String allowed) {
    assertEquals(allowed, upgrade(Version.HTTP_1_1, "Connection", "Upgrade", "Upgrade", asked));
  }
}
