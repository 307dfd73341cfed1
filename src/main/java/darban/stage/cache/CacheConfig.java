package darban.stage.cache;

import static darban.config.Shapes.bool;
import static darban.config.Shapes.cidr;
import static darban.config.Shapes.either;
import static darban.config.Shapes.fieldName;
import static darban.config.Shapes.list;
import static darban.config.Shapes.path;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;
import static darban.config.Shapes.word;

import darban.base.Cidr;
import darban.config.Shape;
import darban.http.FieldName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code cache}: how much is stored and where.
 *
 * @param memory bytes of memory
 * @param memoryObject bytes of one content that stays in memory
 * @param maxObject bytes of one content
 * @param slice bytes of a slice on disk
 * @param readAhead bytes that are fetched ahead of who reads one part after the other
 * @param disk empty for memory only
 * @param purgers who may send PURGE
 * @param telling what clients learn of it
 */
public record CacheConfig(
    long memory,
    int memoryObject,
    long maxObject,
    int slice,
    long readAhead,
    Optional<Disk> disk,
    List<Cidr> purgers,
    Telling telling) {
  /**
   * Where on disk.
   *
   * @param path a folder of its own, made when it is not there
   * @param size bytes at most
   */
  public record Disk(Path path, long size) {}

  /**
   * What clients learn of the cache besides Cache-Status (RFC 9211).
   *
   * @param verdict a field that says in a word what the cache did, such as X-Cache
   * @param key whether Cache-Status names the key
   */
  public record Telling(Optional<FieldName> verdict, boolean key) {
    /** Nothing. */
    public static final Telling NOTHING = new Telling(Optional.empty(), false);
  }

  /** In memory alone, for routes that want a cache where no section says more. */
  public static final CacheConfig MEMORY =
      new CacheConfig(
          256_000_000,
          512 << 10,
          8_000_000_000L,
          1 << 20,
          2 << 20,
          Optional.empty(),
          List.of(),
          Telling.NOTHING);

  private static final Shape<Disk> DISK =
      section(
          "cache-disk",
          keys -> {
            var path = keys.required("path", path(), "A folder for nothing else");
            var size = keys.withDefault("size", size(), "10GB", "At most that much");
            return values -> new Disk(values.get(path), values.get(size));
          });

  /** The shape of the section. */
  public static final Shape<CacheConfig> SHAPE =
      section(
          "cache",
          keys -> {
            var memory =
                keys.withDefault("memory", within(size(), "1MB", "1TiB"), "256MB", "Of memory");
            var memoryObject =
                keys.withDefault(
                    "memory-object",
                    within(size(), "1KiB", "64MiB"),
                    "512KiB",
                    "What is larger lies on disk only");
            var most = keys.withDefault("max-object", size(), "8GB", "What is larger is passed on");
            var slice =
                keys.withDefault(
                    "slice",
                    within(size(), "64KiB", "64MiB"),
                    "1MiB",
                    "Parts of large answers are fetched and kept in such pieces");
            var ahead =
                keys.optional(
                    "read-ahead",
                    within(size(), "0B", "1GiB"),
                    "Fetched ahead of who asks for one part after the other; two slices if not told,"
                        + " `0` for nothing");
            var disk =
                keys.withDefault(
                    "disk",
                    either(word("off", Optional.<Disk>empty()), DISK.map(Optional::of)),
                    "{path: var/cache}",
                    "`off`, or where");
            var purgers = keys.withDefault("purge-from", list(cidr()), "[]", "Who may send PURGE");
            var field =
                keys.optional(
                    "status-header", fieldName(), "Says HIT, MISS … to clients, such as X-Cache");
            var tellKey =
                keys.withDefault("status-key", bool(), "false", "Cache-Status names the key too");
            return values -> {
              int pieces = Integer.highestOneBit(values.get(slice).intValue());
              return new CacheConfig(
                  values.get(memory),
                  values.get(memoryObject).intValue(),
                  values.get(most),
                  pieces,
                  values.get(ahead).orElse(2L * pieces),
                  values.get(disk),
                  values.get(purgers),
                  new Telling(values.get(field), values.get(tellKey)));
            };
          });
}
