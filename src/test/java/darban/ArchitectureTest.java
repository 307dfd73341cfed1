package darban;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import darban.base.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The floors of the house: see {@code darban.base}'s package page. */
class ArchitectureTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("darban");

  /** A room, its floor, and the neighbours on the same floor that it may see. */
  private record Room(String name, int floor, List<String> neighbours) {
    static Room of(String name, int floor, String... neighbours) {
      return new Room(name, floor, List.of(neighbours));
    }

    String pattern() {
      return "darban." + name + "..";
    }
  }

  private static final List<Room> ROOMS =
      List.of(
          Room.of("base", 0),
          Room.of("http", 0, "base"),
          Room.of("wire", 0, "base", "http"),
          Room.of("caching", 0, "base", "http"),
          Room.of("media", 0, "base", "http"),
          Room.of("config", 1),
          Room.of("flow", 2),
          Room.of("protocol", 2, "flow"),
          Room.of("resolve", 2, "flow"),
          Room.of("tls", 2),
          Room.of("observe", 2, "flow"),
          Room.of("exchange", 3),
          Room.of("origin", 3),
          Room.of("access", 3, "exchange"),
          Room.of("store", 3),
          Room.of("live", 3, "access"),
          Room.of("radio", 3, "access"),
          Room.of("listen", 4),
          Room.of("stage", 4),
          Room.of("serve", 4),
          Room.of("admin", 5),
          Room.of("demo", 5),
          Room.of("app", 6));

  /** The rooms and their floors. */
  static Map<String, Integer> rooms() {
    return ROOMS.stream().collect(Collectors.toMap(Room::name, Room::floor));
  }

  @TestFactory
  Stream<DynamicTest> room_importsOnlyLowerFloorsAndItsNeighbours() {
    return ROOMS.stream()
        .map(room ->
            DynamicTest.dynamicTest(
                room.name(),
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage(room.pattern())
                        .should()
                        .dependOnClassesThat(
                            resideInAPackage("darban..")
                                .and(not(resideInAnyPackage(allowedFor(room)))))
                        .check(HOUSE)));
  }

  private static String[] allowedFor(Room room) {
    List<String> allowed = new ArrayList<>();
    allowed.add(room.pattern());
    for (Room other : ROOMS) {
      boolean rule = room.floor() == 5;
      boolean lower = other.floor() < room.floor() && !(rule && other.floor() == 4);
      if (lower || room.neighbours().contains(other.name())) {
        allowed.add(other.pattern());
      }
    }
    return allowed.toArray(String[]::new);
  }

  @Test
  void everyClass_livesInARoom() {
    String[] rooms = ROOMS.stream().map(Room::pattern).toArray(String[]::new);
    classes().should().resideInAnyPackage(rooms).check(HOUSE);
  }

  @Test
  void features_doNotImportEachOther() {
    for (String parent :
        List.of("darban.listen.(*)..", "darban.stage.(*)..", "darban.serve.(*)..")) {
      slices().matching(parent).should().notDependOnEachOther().check(HOUSE);
    }
    for (String each : List.of("listen", "stage", "serve")) {
      String[] others =
          Stream.of("listen", "stage", "serve")
              .filter(other -> !other.equals(each))
              .map(other -> "darban." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("darban." + each + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(HOUSE);
    }
  }

  @Test
  void store_doesNotKnowItsTiers() {
    noClasses()
        .that()
        .resideInAPackage("darban.store")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("darban.store.*..")
        .check(HOUSE);
    slices().matching("darban.store.(*)..").should().notDependOnEachOther().check(HOUSE);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("darban.(**)").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  void groundAndConfiguration_knowNoFrameworkNoLogNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "darban.base..",
            "darban.http..",
            "darban.wire..",
            "darban.caching..",
            "darban.media..",
            "darban.config..")
        .and()
        .doNotBelongToAnyOf(Ticker.class) // by which the clock is handed in
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..", "java.util.logging..", "org.slf4j..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(System.Logger.class)
        .check(HOUSE);
  }

  @Test
  void libraries_areSeenOnlyByTheirRoom() {
    onlyIn("org.bouncycastle..", "darban.tls..", "darban.access..");
    onlyIn("io.micrometer..", "darban.observe..");
    onlyIn("io.prometheus..", "darban.observe..");
    onlyIn("org.snakeyaml..", "darban.config..");
    onlyIn("picocli..", "darban.app..");
  }

  private static void onlyIn(String library, String... rooms) {
    noClasses()
        .that(resideInAPackage("darban..").and(not(resideInAnyPackage(rooms))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(HOUSE);
  }

  @Test
  void nothing_sleepsOrPrintsOutsideTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("darban.app..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .accessField(System.class, "err")
        .check(HOUSE);
  }

  @Test
  void names_sayWhatAThingIs() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameStartingWith("Abstract")
        .orShould()
        .haveSimpleNameStartingWith("Default")
        .check(HOUSE);
  }

  @Test
  void everyRoom_hasItsPage() {
    for (JavaClass each : HOUSE) {
      String pkg = each.getPackageName();
      boolean page = HOUSE.contain(pkg + ".package-info");
      if (!page) {
        throw new AssertionError(pkg + " has no package-info.java");
      }
    }
  }
}
