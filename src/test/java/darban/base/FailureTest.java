package darban.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureTest {
  /** The error types that RFC 9209 §2.3 registers. */
  private static final String REGISTERED =
      """
      dns_timeout dns_error destination_not_found destination_unavailable
      destination_ip_prohibited destination_ip_unroutable connection_refused
      connection_terminated connection_timeout connection_read_timeout connection_write_timeout
      connection_limit_reached tls_protocol_error tls_certificate_error tls_alert_received
      http_request_error http_request_denied http_response_incomplete
      http_response_header_section_size http_response_header_size http_response_body_size
      http_response_trailer_section_size http_response_trailer_size http_response_transfer_coding
      http_response_content_coding http_response_timeout http_upgrade_failed http_protocol_error
      proxy_internal_response proxy_internal_error proxy_configuration_error proxy_loop_detected
      """;

  @ParameterizedTest
  @EnumSource(Kind.class)
  void kind_statusAndErrorType_fitItsSide(Kind kind) {
    assertTrue(
        REGISTERED.lines().anyMatch(l -> (" " + l + " ").contains(" " + kind.errorType() + " ")));
    switch (kind.side()) {
      case CLIENT ->
          assertTrue(kind.status() / 100 == 4 || kind.status() == 501 || kind.status() == 505);
      case ORIGIN -> assertTrue(kind.status() == 502 || kind.status() == 504);
      case SELF ->
          assertTrue(
              kind.status() >= 500 || kind == Kind.ADDRESS_PROHIBITED || kind == Kind.UNPLAYABLE);
    }
  }

  @Test
  void variants_keepWhatTheyDoNotChange() {
    Exception cause = new Exception("x");
    Failure failure = Failure.of(Kind.DNS_ERROR, "no such host", cause);
    Failure changed = failure.detailed("10.0.0.1").retry(Retry.ALWAYS);
    assertEquals(Kind.DNS_ERROR, changed.kind());
    assertEquals(Side.ORIGIN, changed.side());
    assertEquals("no such host", changed.message());
    assertEquals("10.0.0.1", changed.detail());
    assertEquals(Retry.ALWAYS, changed.retry());
    assertSame(cause, changed.getCause());
    assertEquals("DNS_ERROR: no such host (10.0.0.1)", changed.getMessage());
    assertEquals(Retry.NEVER, failure.retry());
    assertEquals("", failure.detail());
    assertEquals(0, failure.getStackTrace().length);
  }

  @Test
  void from_anything_isAFailureWhoseMessageTellsNothing() {
    Failure own = Failure.of(Kind.LOOP, "l");
    assertSame(own, Failure.from(own));
    Failure bug = Failure.from(new IllegalStateException("/etc/secret"));
    assertEquals(Kind.INTERNAL, bug.kind());
    assertFalse(bug.message().contains("secret"));
    assertTrue(bug.detail().contains("/etc/secret"));
  }

  @Test
  void secret_printedAndCompared_staysSecret() {
    Secret secret = new Secret("s\u00e4sam");
    assertEquals("***", secret.toString());
    assertEquals("s\u00e4sam", secret.reveal());
    assertTrue(secret.matches("s\u00e4sam"));
    assertFalse(secret.matches("s\u00e4sa"));
    assertFalse(secret.matches(""));
    assertEquals(secret, new Secret("s\u00e4sam"));
    assertEquals(secret.hashCode(), new Secret("other").hashCode());
  }
}
