package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Structured;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CacheStatusTest {
  @Test
  void members() {
    assertEquals("Darban;hit;ttl=376", CacheStatus.hit(376).toString(), "RFC 9211 §2.1, §2.4");
    assertEquals("Darban;hit;ttl=-5", CacheStatus.hit(-5).toString(), "RFC 9211 §2.4");
    assertEquals(
        "Darban;fwd=stale;fwd-status=304;stored;ttl=60",
        CacheStatus.forwarded(Forward.STALE).status(304).stored().ttl(60).toString(),
        "RFC 9211 §2.2 to §2.5");
    assertEquals(
        "Darban;fwd=uri-miss;collapsed;key=\"http://a/\\\"\\\\?\";detail=\"a?b\"",
        CacheStatus.forwarded(Forward.URI_MISS)
            .collapsed()
            .key(new CacheKey("http://a/\"\\é"))
            .detail("a\nb")
            .toString(),
        "RFC 9211 §2.6 to §2.8");
  }

  @Test
  void eachReason_isAToken() {
    for (Forward why : Forward.values()) {
      String text = CacheStatus.forwarded(why).toString();
      assertTrue(Structured.list(text).isPresent(), text);
      assertEquals(why.name().toLowerCase(Locale.ROOT).replace('_', '-'), why.toString());
    }
  }

  @Test
  void standsBehindWhatCameFromTheOriginsSide() {
    Fields fields =
        CacheStatus.hit(1).addTo(Fields.of("Cache-Status", "Other; hit").toBuilder()).build();
    assertEquals(List.of("Other; hit", "Darban;hit;ttl=1"), fields.all(FieldName.CACHE_STATUS));
  }
}
