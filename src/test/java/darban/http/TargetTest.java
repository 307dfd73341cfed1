package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class TargetTest {
  @Test
  void pathAndQuery_splitAtTheFirstQuestionMark() {
    Target target = Target.origin("/a?b?c");
    assertEquals("/a", target.pathOnly());
    assertEquals("b?c", target.query());
    assertEquals("/a?b?c", target.toString());
    assertNull(Target.origin("/a").query());
    assertEquals("", Target.origin("/a?").query());
  }

  @Test
  void forms_writtenAsTheyCome() {
    Target absolute = new Target(Target.Form.ABSOLUTE, "http", "a:1", "/p?q");
    assertEquals("http://a:1/p?q", absolute.toString());
    assertEquals("a:443", Target.authority("a:443").toString());
    assertEquals("*", Target.ANY.toString());
  }

  @Test
  void routingPath_hasNoDotsAndNoQuery() {
    RequestHead head =
        new RequestHead(
            Version.HTTP_1_1,
            Method.GET,
            Target.origin("/a/./b/../c?d/.."),
            "h",
            Fields.NONE,
            null);
    assertEquals("/a/c", head.routingPath());
    assertEquals(1, head.withFields(Fields.of("a", "b")).fields().size());
  }

  @Test
  void methods_knownOnesAreConstants() {
    assertEquals(true, Method.of("GET") == Method.GET);
    assertEquals(new Method("get", false, false), Method.of("get"));
    assertEquals("PATCH", Method.PATCH.toString());
    assertEquals(false, Method.of("BREW").idempotent());
    for (String idempotent : "GET HEAD OPTIONS TRACE PUT DELETE".split(" ")) {
      assertEquals(true, Method.of(idempotent).idempotent(), idempotent);
    }
    for (String other : "POST PATCH CONNECT".split(" ")) {
      assertEquals(false, Method.of(other).idempotent(), other);
      assertEquals(false, Method.of(other).safe(), other);
    }
  }
}
