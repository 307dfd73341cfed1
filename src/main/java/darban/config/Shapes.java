package darban.config;

import darban.base.ByteSize;
import darban.base.Cidr;
import darban.base.HostPort;
import darban.base.Secret;
import darban.config.ServerUrl.Scheme;
import darban.http.FieldName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * All shapes that a configuration is put together from. Made to be imported statically; a record
 * whose own accessor has the same name, such as {@code path}, writes {@code Shapes.path()}.
 */
public final class Shapes {
  private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}";
  private static final String NAME_HINT = "use letters, digits, `-`, `_` and `.`";
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}";
  private static final String SIZE = "[0-9]+([.][0-9]+)? ?([kKMGT]i?)?B?";
  private static final String DOMAIN = "[*]|([*][.])?[^*/:\\s]+|\\[[0-9A-Fa-f:.]+\\]";

  private Shapes() {}

  // Words and numbers

  /** Any text, as it stands. */
  public static Shape<String> text() {
    return Shape.ofText(new Form.Text("text", ""), "", (scalar, _) -> Optional.of(scalar.text()));
  }

  /** Text that matches {@code pattern} as a whole; see {@link Shape#parsed} for the words. */
  public static Shape<String> text(String noun, String hint, String pattern) {
    return Shape.parsed(
        noun, hint, pattern, text -> Optional.of(text).filter(it -> it.matches(pattern)));
  }

  /** {@code true} or {@code false}. */
  public static Shape<Boolean> bool() {
    return Shape.parsed(
        new Form.Bool(),
        Shapes::boolHint,
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  private static String boolHint(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "yes", "on", "y", "1", "true" -> "write `true`";
      case "no", "off", "n", "0", "false" -> "write `false`";
      default -> "write one of the two";
    };
  }

  /** A whole number from {@code min} to {@code max}. */
  public static Shape<Integer> integer(int min, int max) {
    return Numbers.integer(min, max);
  }

  /** A number, perhaps with a fraction, from {@code min} to {@code max}. */
  public static Shape<Double> decimal(double min, double max) {
    return Numbers.decimal(min, max);
  }

  /** {@code 20%} to {@code 100%}, as a fraction: 0.2 to 1. */
  public static Shape<Double> percent() {
    String hint = "write a number from 0 to 100 with a percent sign, such as `20%`";
    String pattern = "(100|[0-9]{1,2}([.][0-9]{1,3})?)%";
    return text("a percentage", hint, pattern)
        .map(text -> Double.parseDouble(text.substring(0, text.length() - 1)) / 100);
  }

  /** One word, which stands for {@code value}. */
  public static <T> Shape<T> word(String word, T value) {
    return words(Map.of(word, value));
  }

  /** One of the constants of {@code type}, by its name in lower case with dashes. */
  public static <E extends Enum<E>> Shape<E> choice(Class<E> type) {
    return choice(EnumSet.allOf(type));
  }

  /** One of some constants, by its name in lower case with dashes. */
  public static <E extends Enum<E>> Shape<E> choice(Collection<E> constants) {
    return choice(
        constants, constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  /** One of some constants, by the word that {@code named} has for it. */
  public static <E> Shape<E> choice(Collection<E> constants, Function<E, String> named) {
    Map<String, E> words = new LinkedHashMap<>();
    constants.forEach(constant -> words.put(named.apply(constant), constant));
    return words(words);
  }

  private static <T> Shape<T> words(Map<String, T> words) {
    return Shape.parsed(
        new Form.Words(List.copyOf(words.keySet())),
        text -> Nearest.hint(text, words.keySet(), "write one of these"),
        text -> Optional.ofNullable(words.get(text)));
  }

  // Quantities

  /** {@code 500ms}, {@code 5s}, {@code 1h30m}, {@code 1d}. */
  public static Shape<Duration> duration() {
    Form form = new Form.Text("a duration", "(?=.)" + Spans.PATTERN);
    return Shape.parsed(form, Spans::hint, Spans::parse);
  }

  /** {@code 64KiB}, {@code 10MB}, {@code 512}, in bytes. */
  public static Shape<Long> size() {
    String hint = "write bytes, with `KiB MiB GiB` or `kB MB GB`, such as `64KiB`";
    return Shape.parsed(
        "a size", hint, SIZE, text -> ByteSize.parse(text).stream().boxed().findFirst());
  }

  /** Bytes of a head or of a part of it: each event loop has 128 KiB to read them into. */
  public static Shape<Integer> headSize() {
    return within(size(), "256", "96KiB").map(Long::intValue);
  }

  /** {@code 50/s}, {@code 100/m}, {@code 5/10s}. */
  public static Shape<Rate> rate() {
    String hint = "write how many in which time, such as `50/s` or `100/m`";
    return Shape.parsed("a rate", hint, "[0-9]{1,12}/[0-9]*(ms|s|m|h|d)", Rate::events);
  }

  /** {@code 20Mbit/s} or {@code 5MB/s}, as bytes in a second. */
  public static Shape<Rate> bandwidth() {
    String hint = "write bits or bytes in a second, such as `20Mbit/s` or `5MB/s`";
    return Shape.parsed("a bandwidth", hint, "[0-9]{1,9}[kMG]?bit/s|" + SIZE + "/s", Rate::bytes);
  }

  /** The same shape between two bounds, both included, written as a user would. */
  public static <T extends Comparable<? super T>> Shape<T> within(
      Shape<T> shape, String min, String max) {
    T least = constant(shape, min);
    T most = constant(shape, max);
    String noun = shape.form().noun() + " from " + min + " to " + max;
    Form form =
        shape.form() instanceof Form.Text(_, String pattern)
            ? new Form.Text(noun, pattern)
            : shape.form();
    return Shape.of(
        () -> form,
        (node, problems) -> {
          Optional<T> value = shape.read(node, problems);
          if (value.isEmpty()
              || (value.get().compareTo(least) >= 0 && value.get().compareTo(most) <= 0)) {
            return value;
          }
          String what = node.noun() + " is not " + noun;
          problems.error(node.at(), what, "choose one in that range");
          return Optional.empty();
        });
  }

  private static <T> T constant(Shape<T> shape, String text) {
    Problems problems = new Problems();
    Node node = new Node.Scalar(Position.startOf(Path.of("constant")), text, true);
    return shape
        .read(node, problems)
        .orElseThrow(() -> new IllegalArgumentException(problems.sorted().toString()));
  }

  // Addresses

  /** Where to listen: {@code :8080}, {@code 127.0.0.1:3128}, {@code udp/:53}, {@code unix:path}. */
  public static Shape<Address> address() {
    Form form = new Form.Text("an address to listen on", Address.PATTERN);
    return Shape.ofText(form, Address.HINT, Address::read);
  }

  /** A URL of a server, of any scheme but {@code socks5}. */
  public static Shape<ServerUrl> serverUrl() {
    return serverUrl(EnumSet.complementOf(EnumSet.of(Scheme.SOCKS5)));
  }

  /** A URL of a server, of one of some schemes. */
  public static Shape<ServerUrl> serverUrl(Collection<Scheme> schemes) {
    return ServerUrl.shape(List.copyOf(schemes));
  }

  /** {@code host} or {@code host:port}. */
  public static Shape<HostPort> hostPort() {
    return Shape.parsed(
        "a host and port",
        "write `host:port` or `\"[::1]:port\"`",
        "([^:/\\s]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?",
        text -> HostPort.parse(text).filter(it -> Address.isHost(it.host())));
  }

  /** {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
  public static Shape<Cidr> cidr() {
    return Shape.parsed(
        "a block of addresses",
        "write `10.0.0.0/8`, `fd00::/8` or one address",
        "[0-9A-Fa-f:.]+(/[0-9]{1,3})?",
        Cidr::parse);
  }

  /** {@code example.com}, {@code *.example.com} or {@code *}. */
  public static Shape<DomainPattern> domain() {
    String hint = "write `example.com`, `\"*.example.com\"` or `\"*\"`, without scheme and port";
    return Shape.parsed("a domain", hint, DOMAIN, DomainPattern::parse);
  }

  // HTTP

  /** The name of a field (RFC 9110 §5.1). */
  public static Shape<FieldName> fieldName() {
    return text("the name of a header field", "write it without `:` and space", TOKEN)
        .map(FieldName::of);
  }

  /** {@code 404}, {@code 5xx} or {@code 500-504}. */
  public static Shape<StatusRange> statuses() {
    String hint = "write `404`, `5xx` or `500-504`";
    return Shape.parsed("a range of statuses", hint, StatusRange.PATTERN, StatusRange::parse);
  }

  /** A regular expression in the syntax of {@link java.util.regex.Pattern}. */
  public static Shape<Regex> regex() {
    return Shape.ofText(new Form.Text("a regular expression", ""), "", Regex::read);
  }

  // Files

  /** A path that need not exist; a relative one starts at the directory of its file. */
  public static Shape<Path> path() {
    return Shape.ofText(new Form.Text("a path", ""), "", LocalFiles::path);
  }

  /** A path of a file that exists and can be read. */
  public static Shape<Path> file() {
    return Shape.ofText(new Form.Text("a file", ""), "", LocalFiles::file);
  }

  /** A path of a directory that exists and can be read. */
  public static Shape<Path> directory() {
    return Shape.ofText(new Form.Text("a directory", ""), "", LocalFiles::directory);
  }

  /** A secret: as it stands, or {@code file:PATH}. It never shows in a message. */
  public static Shape<Secret> secret() {
    return Shape.ofText(
        new Form.Text("a secret or `file:` and its path", ""), "", LocalFiles::secret);
  }

  // Names of parts

  /** The name that a part gives itself, used once among the parts of its kind. */
  public static Shape<String> name(String kind) {
    return text("a name", NAME_HINT, NAME)
        .check((name, where, problems) -> problems.name(kind, name, where.at()));
  }

  /** The name of a part of a kind, which must be somewhere in the configuration. */
  public static Shape<Ref> ref(String kind) {
    return Shape.ofText(
        new Form.Text("the name of a " + kind, ""),
        "",
        (scalar, problems) -> {
          Ref ref = new Ref(scalar.text(), scalar.at());
          problems.use(kind, ref);
          return Optional.of(ref);
        });
  }

  // Larger parts

  /** A list, perhaps empty. */
  public static <T> Shape<List<T>> list(Shape<T> item) {
    return list(item, 0);
  }

  /** A list with at least {@code least} items. */
  public static <T> Shape<List<T>> list(Shape<T> item, int least) {
    return Shape.of(
        () -> new Form.ListOf(item.form(), least),
        (node, problems) -> Collected.list(item, least, node, problems));
  }

  /** A mapping from names that the user chooses, in the order of the file. */
  public static <K, V> Shape<Map<K, V>> map(Shape<K> key, Shape<V> value) {
    return Shape.of(
        () -> new Form.MapOf(key.form(), value.form()),
        (node, problems) -> Collected.map(key, value, node, problems));
  }

  /** A value that may be written in several ways; the first that looks right is taken. */
  @SafeVarargs
  public static <T> Shape<T> either(Shape<? extends T>... ways) {
    List<Shape<? extends T>> all = new ArrayList<>();
    for (Shape<? extends T> way : ways) {
      all.add(way);
    }
    return new Alternatives<>(List.copyOf(all));
  }

  /**
   * A mapping whose keys are known.
   *
   * @param name unique among the sections of a configuration, in lower case with dashes
   * @param declaration declares the keys and returns what makes the value of theirs
   */
  public static <T> Shape<T> section(String name, Function<Keys, Function<Values, T>> declaration) {
    Keys keys = new Keys();
    return new Section<>(name, keys, declaration.apply(keys));
  }

  /**
   * A mapping of which {@code tag} says which registered section it is. Each of those declares the
   * tag itself, see {@link Keys#tag}.
   *
   * @param otherwise the registered key that is meant where there is no tag
   */
  public static <V> Shape<V> variant(String tag, String otherwise, Registry<V> registry) {
    return new Variant<>(tag, otherwise, registry);
  }
}
