package darban.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class CommonTest {
  private static String copy(String text) {
    return new String(text.toCharArray());
  }

  @Test
  void equalValues_areKeptOnce() {
    String first = Common.value(copy("max-age=3600, common"));
    assertEquals("max-age=3600, common", first);
    assertSame(first, Common.value(copy("max-age=3600, common")));
  }

  @Test
  void longValues_areLeftAlone() {
    String text = "x".repeat(129);
    assertSame(text, Common.value(text));
    String other = copy(text);
    assertSame(other, Common.value(other));
  }

  /** Many more than it remembers: what each is does not change. */
  @Test
  void manyValues_staySo() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < 100_000; i++) {
      String value = "\"" + random.nextInt(20_000) + "\"";
      assertEquals(value, Common.value(copy(value)));
    }
  }

  @Test
  void equalNames_areKeptOnce_cutToSize() {
    FieldName[] names = {
      FieldName.of("date"), FieldName.of("x-common"), FieldName.of("etag"), null
    };
    FieldName[] kept = Common.names(names, 3);
    assertArrayEquals(
        new FieldName[] {FieldName.of("date"), FieldName.of("x-common"), FieldName.of("etag")},
        kept);
    assertNotSame(names, kept);
    assertSame(kept, Common.names(names.clone(), 3));
    assertEquals(2, Common.names(names, 2).length);
    assertEquals(0, Common.names(names, 0).length);
  }

  @Test
  void keptFields_areTheSame_andShareWhatTheyHaveInCommon() {
    Fields one = Fields.of("server", copy("common/1"), "content-length", "1");
    Fields other = Fields.of("server", copy("common/1"), "content-length", "2");
    assertEquals(one, one.kept());
    assertEquals(other, other.kept());
    assertSame(one.kept().value(0), other.kept().value(0));
    assertEquals("3", one.kept().toBuilder().set(FieldName.CONTENT_LENGTH, "3").build().value(1));
    assertEquals("1", one.kept().value(1));
  }
}
