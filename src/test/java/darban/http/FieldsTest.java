package darban.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FieldsTest {
  private static final FieldName OWN = FieldName.of("X-Own");
  private static final Fields SAMPLE =
      Fields.of("Host", "a", "x-own", "1", "Accept", "b, c", "X-Own", "2", "ACCEPT", "d");

  @Test
  void reads_byNameAndPlace() {
    assertEquals(5, SAMPLE.size());
    assertSame(FieldName.HOST, SAMPLE.name(0));
    assertEquals("x-own", SAMPLE.name(1).toString());
    assertEquals("1", SAMPLE.get(OWN));
    assertEquals(List.of("1", "2"), SAMPLE.all(OWN));
    assertEquals("1, 2", SAMPLE.joined(OWN));
    assertEquals("a", SAMPLE.joined(FieldName.HOST));
    assertNull(SAMPLE.get(FieldName.VIA));
    assertNull(SAMPLE.joined(FieldName.VIA));
    assertEquals(List.of(), SAMPLE.all(FieldName.VIA));
    assertTrue(SAMPLE.has(OWN));
    assertFalse(SAMPLE.has(FieldName.VIA));
    assertEquals(3, SAMPLE.indexOf(OWN, 2));
    assertEquals(-1, SAMPLE.indexOf(OWN, 4));
    assertTrue(SAMPLE.hasToken(FieldName.ACCEPT, "C"));
    assertTrue(SAMPLE.hasToken(FieldName.ACCEPT, "d"));
    assertFalse(SAMPLE.hasToken(FieldName.ACCEPT, "a"));
    assertFalse(SAMPLE.hasToken(FieldName.VIA, "a"));
  }

  @Test
  void changes_makeOtherFields_andLeaveTheOriginal() {
    Fields set = SAMPLE.toBuilder().set(OWN, "3").setIfAbsent(OWN, "4").build();
    assertEquals(List.of("3"), set.all(OWN));
    assertEquals(4, set.size());
    assertEquals(
        List.of("4"), SAMPLE.toBuilder().remove(OWN).setIfAbsent(OWN, "4").build().all(OWN));
    assertEquals(2, SAMPLE.filtered(name -> name == FieldName.ACCEPT).build().size());
    assertSame(Fields.NONE, SAMPLE.filtered(name -> false).build());
    assertEquals(10, Fields.builder(0).addAll(SAMPLE).addAll(SAMPLE).build().size());
    assertEquals(List.of("1", "2"), SAMPLE.all(OWN));
  }

  @Test
  void beginning_staysWithWhatIsAddedBehind_andGoesWithWhatIsChangedInIt() {
    Fields beginning = SAMPLE.asBeginning();
    Fields.Beginning its = Objects.requireNonNull(beginning.beginning());
    assertEquals(5, its.count());
    assertEquals(SAMPLE, beginning);
    assertNull(SAMPLE.beginning());
    Fields more = beginning.toBuilder().add(FieldName.VIA, "x").build();
    assertSame(its, more.beginning());
    assertSame(its, more.toBuilder().set(FieldName.VIA, "y").build().beginning());
    assertSame(its, more.toBuilder().remove(FieldName.AGE).build().beginning());
    assertNull(more.toBuilder().set(OWN, "3").build().beginning());
    assertNull(more.toBuilder().remove(FieldName.HOST).build().beginning());
    assertNull(more.filtered(name -> true).build().beginning());
  }

  @Test
  void builder_peek_showsWhatIsThere() {
    Fields.Builder builder = Fields.builder(1).add(OWN, "1");
    Fields peek = builder.peek();
    assertEquals("1", peek.get(OWN));
    assertEquals(1, builder.add(OWN, "2").remove(FieldName.HOST).size() - 1);
    assertTrue(builder.has(FieldName.of("x-OWN")));
  }

  @Test
  void equality_namesIgnoreCase_valuesAndOrderDoNot() {
    assertEquals(Fields.of("a", "1"), Fields.of("A", "1"));
    assertEquals(Fields.of("a", "1").hashCode(), Fields.of("A", "1").hashCode());
    assertNotEquals(Fields.of("a", "b"), Fields.of("a", "B"));
    assertNotEquals(Fields.of("a", "1", "b", "2"), Fields.of("b", "2", "a", "1"));
    assertNotEquals(Fields.NONE, Fields.of("a", "1"));
    assertEquals("Host: a\n", Fields.of("Host", "a").toString());
  }

  @Test
  void builder_randomChanges_agreeWithAList() {
    Random random = new Random(19);
    String[] names = {"Host", "X-Own", "x-own", "Via", "Y"};
    for (int round = 0; round < 2_000; round++) {
      Fields.Builder builder = Fields.builder(random.nextInt(3));
      List<String> model = new ArrayList<>();
      for (int i = random.nextInt(20); i >= 0; i--) {
        String name = names[random.nextInt(names.length)];
        String line = name.toLowerCase(Locale.ROOT) + i;
        switch (random.nextInt(4)) {
          case 0 -> {
            builder.set(FieldName.of(name), line);
            model.removeIf(each -> named(each, name));
            model.add(line);
          }
          case 1 -> {
            builder.remove(FieldName.of(name));
            model.removeIf(each -> named(each, name));
          }
          case 2 -> {
            builder.setIfAbsent(FieldName.of(name), line);
            if (model.stream().noneMatch(each -> named(each, name))) {
              model.add(line);
            }
          }
          default -> {
            builder.add(FieldName.of(name), line);
            model.add(line);
          }
        }
      }
      Fields fields = builder.build();
      List<String> values = new ArrayList<>();
      for (int i = 0; i < fields.size(); i++) {
        values.add(fields.value(i));
      }
      assertEquals(model, values);
    }
  }

  private static boolean named(String line, String name) {
    return line.replaceAll("[0-9]+$", "").equals(name.toLowerCase(Locale.ROOT));
  }
}
