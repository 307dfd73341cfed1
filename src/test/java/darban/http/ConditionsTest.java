package darban.http;

import static darban.http.Conditions.Outcome.FAILED;
import static darban.http.Conditions.Outcome.NOT_MODIFIED;
import static darban.http.Conditions.Outcome.PROCEED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionsTest {
  private static final Instant MODIFIED = Instant.parse("2025-01-02T03:04:05Z");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Etag TAG = new Etag(false, "v1");
  private static final String SAME = HttpDate.format(MODIFIED);
  private static final String BEFORE = HttpDate.format(MODIFIED.minusSeconds(1));
  private static final String AFTER = HttpDate.format(MODIFIED.plusSeconds(1));

  private static Conditions.Outcome judge(
      String method, @Nullable Etag etag, @Nullable Instant modified, String... fields) {
    RequestHead head =
        new RequestHead(
            Version.HTTP_1_1, Method.of(method), Target.origin("/"), "a", Fields.of(fields), null);
    return Conditions.judge(head, etag, modified, NOW);
  }

  private static Conditions.Outcome get(String... fields) {
    return judge("GET", TAG, MODIFIED, fields);
  }

  @Test
  void ifMatch_strongly() {
    assertEquals(PROCEED, get("If-Match", "\"v1\""));
    assertEquals(PROCEED, get("If-Match", "\"v0\", \"v1\""));
    assertEquals(PROCEED, get("If-Match", "\"v0\"", "If-Match", "\"v1\""));
    assertEquals(PROCEED, get("If-Match", "*"));
    assertEquals(FAILED, get("If-Match", "\"v2\""));
    assertEquals(FAILED, get("If-Match", "W/\"v1\""));
    assertEquals(FAILED, get("If-Match", "v1"));
    assertEquals(FAILED, judge("PUT", new Etag(true, "v1"), MODIFIED, "If-Match", "W/\"v1\""));
    assertEquals(FAILED, judge("PUT", null, null, "If-Match", "*"));
    assertEquals(PROCEED, judge("PUT", null, MODIFIED, "If-Match", "*"));
    assertEquals(FAILED, judge("PUT", null, MODIFIED, "If-Match", "\"v1\""));
  }

  @Test
  void ifUnmodifiedSince_onlyWithoutIfMatch() {
    assertEquals(PROCEED, get("If-Unmodified-Since", SAME));
    assertEquals(PROCEED, get("If-Unmodified-Since", AFTER));
    assertEquals(FAILED, get("If-Unmodified-Since", BEFORE));
    assertEquals(PROCEED, get("If-Unmodified-Since", "yesterday"));
    assertEquals(PROCEED, get("If-Unmodified-Since", BEFORE, "If-Match", "\"v1\""));
    assertEquals(PROCEED, judge("PUT", TAG, null, "If-Unmodified-Since", BEFORE));
  }

  @Test
  void ifNoneMatch_weakly_304ForReaders412ForWriters() {
    assertEquals(NOT_MODIFIED, get("If-None-Match", "\"v1\""));
    assertEquals(NOT_MODIFIED, get("If-None-Match", "\"v0\", W/\"v1\""));
    assertEquals(NOT_MODIFIED, get("If-None-Match", "*"));
    assertEquals(NOT_MODIFIED, judge("HEAD", TAG, MODIFIED, "If-None-Match", "\"v1\""));
    assertEquals(FAILED, judge("PUT", TAG, MODIFIED, "If-None-Match", "*"));
    assertEquals(PROCEED, judge("PUT", null, null, "If-None-Match", "*"));
    assertEquals(FAILED, judge("PUT", null, MODIFIED, "If-None-Match", "*"));
    assertEquals(PROCEED, get("If-None-Match", "\"v2\""));
    assertEquals(PROCEED, get("If-None-Match", "\"v2\"", "If-Modified-Since", AFTER));
  }

  @Test
  void ifModifiedSince_onlyForReadersWithoutIfNoneMatch() {
    assertEquals(NOT_MODIFIED, get("If-Modified-Since", SAME));
    assertEquals(NOT_MODIFIED, get("If-Modified-Since", AFTER));
    assertEquals(PROCEED, get("If-Modified-Since", BEFORE));
    assertEquals(PROCEED, get("If-Modified-Since", "yesterday"));
    assertEquals(PROCEED, judge("POST", TAG, MODIFIED, "If-Modified-Since", AFTER));
    assertEquals(PROCEED, judge("GET", TAG, null, "If-Modified-Since", AFTER));
    assertEquals(PROCEED, get());
  }

  @Test
  void rangeApplies_onlyToTheVeryRepresentation() {
    assertTrue(applies(TAG, MODIFIED));
    assertTrue(applies(TAG, MODIFIED, "If-Range", "\"v1\""));
    assertFalse(applies(TAG, MODIFIED, "If-Range", "W/\"v1\""));
    assertFalse(applies(TAG, MODIFIED, "If-Range", "\"v2\""));
    assertFalse(applies(null, MODIFIED, "If-Range", "\"v1\""));
    assertTrue(applies(TAG, MODIFIED, "If-Range", SAME));
    assertFalse(applies(TAG, MODIFIED, "If-Range", AFTER));
    assertFalse(applies(TAG, MODIFIED, "If-Range", BEFORE));
    assertFalse(applies(TAG, null, "If-Range", SAME));
    assertFalse(applies(TAG, MODIFIED, "If-Range", "soon"));
    Instant justNow = NOW.minusSeconds(1);
    assertFalse(applies(TAG, justNow, "If-Range", HttpDate.format(justNow)));
  }

  private static boolean applies(
      @Nullable Etag etag, @Nullable Instant modified, String... fields) {
    return Conditions.rangeApplies(Fields.of(fields), etag, modified, NOW);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {"'\"a\"', false, a", "'W/\"a\"', true, a", "'\"\"', false, ''"})
  void etag_text_itsParts(String text, boolean weak, String opaque) {
    Etag etag = Etag.parse(text).orElseThrow();
    assertEquals(new Etag(weak, opaque), etag);
    assertEquals(text, etag.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W/a", "W/", "\"a\"b\"", "\"a\" "})
  void etag_otherText_empty(String text) {
    assertEquals(Optional.empty(), Etag.parse(text));
  }

  @Test
  void etag_comparisons_asTheTableOfRfc9110() {
    Etag strong = new Etag(false, "1");
    Etag weak = new Etag(true, "1");
    assertFalse(weak.matchesStrongly(weak));
    assertTrue(weak.matchesWeakly(weak));
    assertFalse(weak.matchesWeakly(new Etag(true, "2")));
    assertFalse(weak.matchesStrongly(strong));
    assertFalse(strong.matchesStrongly(weak));
    assertTrue(weak.matchesWeakly(strong));
    assertTrue(strong.matchesStrongly(new Etag(false, "1")));
    assertTrue(strong.matchesWeakly(new Etag(false, "1")));
  }
}
