package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusTest {
  @Test
  void bodiless_byStatusAndMethod() {
    for (int status = 100; status < 600; status++) {
      boolean always = status < 200 || status == 204 || status == 304;
      assertEquals(always, Status.isBodiless(status));
      assertEquals(always, Status.isBodiless(Method.GET, status));
      assertTrue(Status.isBodiless(Method.HEAD, status));
      assertEquals(always || status / 100 == 2, Status.isBodiless(Method.CONNECT, status));
      assertEquals(status < 200, Status.isInterim(status));
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void reason_everyStatusWeAnswer_hasOne(Kind kind) {
    assertFalse(Status.reason(kind.status()).isEmpty() && kind != Kind.CLIENT_GONE);
  }

  @Test
  void reason_unknownCode_isEmpty() {
    assertEquals("", Status.reason(299));
    assertEquals("", Status.reason(999));
    assertEquals("OK", Status.reason(200));
  }

  @ParameterizedTest
  @CsvSource({
    "a.html, text/html; charset=utf-8",
    "A.HTML, text/html; charset=utf-8",
    "x.y.mp4, video/mp4",
    "list.m3u8, application/vnd.apple.mpegurl",
    "a.svg, image/svg+xml",
    "noending, application/octet-stream",
    "a., application/octet-stream",
    ".html, text/html; charset=utf-8",
    "a.unheard, application/octet-stream",
  })
  void mediaType_ending_type(String name, String type) {
    assertEquals(type, MediaType.ofFile(name));
  }

  @ParameterizedTest
  @EnumSource(Violation.class)
  void violation_inEitherDirection_isLaidOnItsSender(Violation violation) {
    assertEquals(darban.base.Side.CLIENT, violation.inRequest().side());
    assertEquals(darban.base.Side.ORIGIN, violation.inResponse().side());
    assertEquals(502, violation.inResponse().kind().status());
    assertTrue(violation.inResponse().detail().contains(violation.name()));
    assertTrue(violation.inRequest().detail().contains("RFC "));
  }

  @Test
  void version_numberAndLabel() {
    assertEquals("1.1", Version.HTTP_1_1.number());
    assertEquals("h1", Version.HTTP_1_0.label());
    assertFalse(Version.HTTP_1_1.multiplexed());
    assertTrue(Version.HTTP_2.multiplexed());
    assertTrue(Version.HTTP_3.multiplexed());
  }
}
