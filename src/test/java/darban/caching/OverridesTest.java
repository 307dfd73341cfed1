package darban.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverridesTest {
  private static RequestHead with(String... fields) {
    return Messages.request("GET", "/a", Fields.of(fields));
  }

  @Test
  void removed_fieldsByWhichOriginsAreDeceived_areGone() {
    RequestHead request =
        with("X-Original-URL", "/admin", "Accept", "*/*", "x-http-method-override", "DELETE");
    assertEquals(
        Fields.of("Accept", "*/*"), Overrides.removed(request, CachePolicy.Key.DEFAULT).fields());
  }

  @Test
  void removed_fieldOfTheKey_stays() {
    CachePolicy.Key key =
        new CachePolicy.Key(QueryPolicy.WHOLE, List.of(FieldName.of("X-Original-URL")));
    RequestHead request = with("X-Original-URL", "/admin");
    assertSame(request, Overrides.removed(request, key));
  }

  @Test
  void removed_none_isTheSameRequest() {
    RequestHead request = with("Accept", "*/*", "X-Forwarded-Proto", "https");
    assertSame(request, Overrides.removed(request, CachePolicy.Key.DEFAULT));
  }
}
