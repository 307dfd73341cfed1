package darban.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every shape of one piece of text: what it reads, what it says of what it does not read. */
class ShapesTest {
  enum Auth {
    NONE,
    IF_GIVEN
  }

  private static final Map<String, Shape<?>> SHAPES =
      Map.ofEntries(
          Map.entry("text", Shapes.text()),
          Map.entry("hex", Shapes.text("a hex text", "write `0-9a-f`", "[0-9a-f]+")),
          Map.entry("bool", Shapes.bool()),
          Map.entry("integer", Shapes.integer(-5, 70_000)),
          Map.entry("any-integer", Shapes.integer(Integer.MIN_VALUE, Integer.MAX_VALUE)),
          Map.entry("least", Shapes.integer(1, Integer.MAX_VALUE)),
          Map.entry("decimal", Shapes.decimal(0, 1.5)),
          Map.entry("percent", Shapes.percent()),
          Map.entry("word", Shapes.word("off", false)),
          Map.entry("choice", Shapes.choice(Auth.class)),
          Map.entry("duration", Shapes.duration()),
          Map.entry("short", Shapes.within(Shapes.duration(), "1s", "1m")),
          Map.entry("size", Shapes.size()),
          Map.entry("big", Shapes.within(Shapes.size(), "1MiB", "1GiB")),
          Map.entry("rate", Shapes.rate()),
          Map.entry("bandwidth", Shapes.bandwidth()),
          Map.entry("address", Shapes.address()),
          Map.entry("url", Shapes.serverUrl()),
          Map.entry("parent", Shapes.serverUrl(EnumSet.of(ServerUrl.Scheme.SOCKS5))),
          Map.entry("host-port", Shapes.hostPort()),
          Map.entry("cidr", Shapes.cidr()),
          Map.entry("domain", Shapes.domain()),
          Map.entry("field", Shapes.fieldName()),
          Map.entry("statuses", Shapes.statuses()),
          Map.entry("regex", Shapes.regex()),
          Map.entry("path", Shapes.path()),
          Map.entry("name", Shapes.name("user")),
          Map.entry("secret", Shapes.secret().map(it -> it + it.reveal())),
          Map.entry("bool-or-duration", Shapes.<Object>either(Shapes.bool(), Shapes.duration())),
          Map.entry(
              "off-or-number",
              Shapes.<Object>either(Shapes.word("off", "OFF"), Shapes.integer(1, 9))),
          Map.entry("url-or-path", Shapes.<Object>either(Shapes.serverUrl(), Shapes.path())));

  private static String read(String shape, String text) {
    Shape<?> it = Objects.requireNonNull(SHAPES.get(shape), shape);
    Problems problems = new Problems();
    Position at = new Position(Path.of("conf/x.yaml"), 3, 7);
    Optional<?> value = it.read(new Node.Scalar(at, text, true), problems);
    String told =
        problems.sorted().stream().map(Problem::toString).collect(Collectors.joining(";"));
    assertEquals(value.isEmpty(), problems.failed(), told);
    return value.map(Object::toString).orElse(told.replace("conf/x.yaml:3:7: ", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          text             | 0755                   | 0755
          text             | yes                    | yes
          hex              | 00ff                   | 00ff
          bool             | true                   | true
          bool             | false                  | false
          integer          | 0                      | 0
          integer          | -5                     | -5
          integer          | +7                     | 7
          integer          | 70000                  | 70000
          any-integer      | -2147483648            | -2147483648
          decimal          | 1                      | 1.0
          decimal          | 0.25                   | 0.25
          percent          | 20%                    | 0.2
          percent          | 100%                   | 1.0
          percent          | 12.5%                  | 0.125
          word             | off                    | false
          choice           | none                   | NONE
          choice           | if-given               | IF_GIVEN
          duration         | 0s                     | PT0S
          duration         | 500ms                  | PT0.5S
          duration         | 5s                     | PT5S
          duration         | 1m30s                  | PT1M30S
          duration         | 1h                     | PT1H
          duration         | 90m                    | PT1H30M
          duration         | 1d                     | PT24H
          duration         | 1d2h3m4s5ms            | PT26H3M4.005S
          short            | 1s                     | PT1S
          short            | 60s                    | PT1M
          size             | 512                    | 512
          size             | 64KiB                  | 65536
          size             | 10MB                   | 10000000
          size             | 1.5 MiB                | 1572864
          big              | 1GiB                   | 1073741824
          rate             | 50/s                   | "Rate[amount=50, per=PT1S]"
          rate             | 100/m                  | "Rate[amount=100, per=PT1M]"
          rate             | 5/10s                  | "Rate[amount=5, per=PT10S]"
          bandwidth        | 20Mbit/s               | "Rate[amount=2500000, per=PT1S]"
          bandwidth        | 8bit/s                 | "Rate[amount=1, per=PT1S]"
          bandwidth        | 1Gbit/s                | "Rate[amount=125000000, per=PT1S]"
          bandwidth        | 5MB/s                  | "Rate[amount=5000000, per=PT1S]"
          address          | :8080                  | :8080
          address          | :0                     | :0
          address          | 127.0.0.1:3128         | 127.0.0.1:3128
          address          | Localhost:80           | localhost:80
          address          | [::1]:80               | [::1]:80
          address          | tcp/:53                | :53
          address          | udp/:30000             | udp/:30000
          address          | udp/[::]:53            | udp/[::]:53
          address          | unix:/run/x.sock       | unix:/run/x.sock
          address          | unix:x.sock            | unix:conf/x.sock
          url              | http://127.0.0.1:8081  | http://127.0.0.1:8081
          url              | http://Host            | http://host:80
          url              | https://host/a/b/      | https://host:443/a/b/
          url              | h2c://[::1]            | h2c://[::1]:80
          url              | h2://host              | h2://host:443
          url              | tcp://db:5432          | tcp://db:5432
          url              | tcp://db:5432/         | tcp://db:5432
          url              | tls://1.1.1.1:853      | tls://1.1.1.1:853
          url              | udp://127.0.0.1:53     | udp://127.0.0.1:53
          url              | unix:/run/app.sock     | unix:/run/app.sock
          url              | unix:app.sock          | unix:conf/app.sock
          parent           | socks5://127.0.0.1     | socks5://127.0.0.1:1080
          host-port        | example.com:443        | example.com:443
          host-port        | example.com            | example.com
          host-port        | [::1]:443              | [::1]:443
          cidr             | 10.0.0.0/8             | 10.0.0.0/8
          cidr             | 192.0.2.7              | 192.0.2.7/32
          domain           | Example.COM.           | example.com
          domain           | *.Example              | *.example
          domain           | *                      | *
          domain           | bücher.example         | xn--bcher-kva.example
          domain           | 192.0.2.7              | 192.0.2.7
          domain           | [::1]                  | ::1
          domain           | a_b.example            | a_b.example
          field            | x-real-ip              | X-Real-IP
          statuses         | 404                    | "StatusRange[from=404, to=404]"
          statuses         | 5xx                    | "StatusRange[from=500, to=599]"
          statuses         | 500-504                | "StatusRange[from=500, to=504]"
          regex            | ^/a[bc]+$              | ^/a[bc]+$
          path             | certs/a.pem            | conf/certs/a.pem
          path             | /srv                   | /srv
          name             | web-1.a                | web-1.a
          secret           | plain                  | ***plain
          bool-or-duration | true                   | true
          bool-or-duration | 5s                     | PT5S
          off-or-number    | off                    | OFF
          off-or-number    | 7                      | 7
          url-or-path      | http://a/b             | http://a:80/b
          url-or-path      | films                  | conf/films
          url-or-path      | http/films             | conf/http/films
          """)
  void shape_ofGoodText_readsIt(String shape, String text, String value) {
    assertEquals(value, read(shape, text));
    assertEquals(List.of(), schemaErrors(shape, text), text + " by the schema");
  }

  private static List<String> schemaErrors(String shape, String text) {
    Shape<?> it = Objects.requireNonNull(SHAPES.get(shape), shape);
    Shape<String> section =
        Shapes.section(
            "s",
            keys -> {
              keys.required("it", it, "");
              return _ -> "";
            });
    String quoted = text.startsWith("*") || text.startsWith("[") ? "'" + text + "'" : text;
    return new SchemaValidator(JsonSchema.of("s", section)).errors("it: " + quoted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      textBlock =
          """
          hex ~ xyz ~ `xyz` is not a hex text, write `0-9a-f`
          bool ~ on ~ `on` is not `true` or `false`, write `true`
          bool ~ No ~ `No` is not `true` or `false`, write `false`
          bool ~ maybe ~ `maybe` is not `true` or `false`, write one of the two
          integer ~ 70001 ~ `70001` is not a whole number from -5 to 70000, choose one in that range
          integer ~ -6 ~ `-6` is not a whole number from -5 to 70000, choose one in that range
          integer ~ 1.0 ~ `1.0` is not a whole number from -5 to 70000, write it in digits
          integer ~ 0755 ~ `0755` is not a whole number from -5 to 70000, write `755`, some read a leading zero as octal
          integer ~ 0x1F ~ `0x1F` is not a whole number from -5 to 70000, write `31`
          integer ~ 1_000 ~ `1_000` is not a whole number from -5 to 70000, write `1000`
          integer ~ 12:30 ~ `12:30` is not a whole number from -5 to 70000, write it in digits
          any-integer ~ 2147483648 ~ `2147483648` is not a whole number, choose one in that range
          least ~ 0 ~ `0` is not a whole number, at least 1, choose one in that range
          decimal ~ 2 ~ `2` is not a number from 0.0 to 1.5, write it in digits
          decimal ~ 1e0 ~ `1e0` is not a number from 0.0 to 1.5, write it in digits
          percent ~ 20 ~ `20` is not a percentage, write a number from 0 to 100 with a percent sign, such as `20%`
          percent ~ 101% ~ `101%` is not a percentage, write a number from 0 to 100 with a percent sign, such as `20%`
          word ~ of ~ `of` is not `off`, did you mean `off`?
          choice ~ if_given ~ `if_given` is not `none` or `if-given`, did you mean `if-given`?
          choice ~ required ~ `required` is not `none` or `if-given`, write one of these
          duration ~ 5 ~ `5` is not a duration, add the unit: `5s`, or `ms`, `m`, `h`, `d`
          duration ~ 12:30:45 ~ `12:30:45` is not a duration, write `12h30m45s`
          duration ~ 1.5s ~ `1.5s` is not a duration, write a number and a unit, such as `500ms`, `5s`, `1h30m` or `1d`
          duration ~ -1s ~ `-1s` is not a duration, write a number and a unit, such as `500ms`, `5s`, `1h30m` or `1d`
          duration ~ 999999999d ~ `999999999d` is not a duration, write a number and a unit, such as `500ms`, `5s`, `1h30m` or `1d`
          short ~ 999ms ~ `999ms` is not a duration from 1s to 1m, choose one in that range
          short ~ 61s ~ `61s` is not a duration from 1s to 1m, choose one in that range
          short ~ x ~ `x` is not a duration, write a number and a unit, such as `500ms`, `5s`, `1h30m` or `1d`
          big ~ 1kB ~ `1kB` is not a size from 1MiB to 1GiB, choose one in that range
          size ~ 10 MiBs ~ `10 MiBs` is not a size, write bytes, with `KiB MiB GiB` or `kB MB GB`, such as `64KiB`
          rate ~ 50 ~ `50` is not a rate, write how many in which time, such as `50/s` or `100/m`
          rate ~ 0/s ~ `0/s` is not a rate, write how many in which time, such as `50/s` or `100/m`
          rate ~ 5/0s ~ `5/0s` is not a rate, write how many in which time, such as `50/s` or `100/m`
          bandwidth ~ 20Mbit ~ `20Mbit` is not a bandwidth, write bits or bytes in a second, such as `20Mbit/s` or `5MB/s`
          bandwidth ~ 7bit/s ~ `7bit/s` is not a bandwidth, write bits or bytes in a second, such as `20Mbit/s` or `5MB/s`
          address ~ 8080 ~ `8080` is not an address to listen on, write `:8080`
          address ~ *:80 ~ `*:80` is not an address to listen on, write `:80`
          address ~ localhost ~ `localhost` is not an address to listen on, write `:8080`, `127.0.0.1:8080`, `"[::1]:8080"`, `udp/:53` or `unix:run/x.sock`
          address ~ :65536 ~ `:65536` is not an address to listen on, write `:8080`, `127.0.0.1:8080`, `"[::1]:8080"`, `udp/:53` or `unix:run/x.sock`
          address ~ 127.0.0.256:1 ~ `127.0.0.256:1` is not an address to listen on, write `:8080`, `127.0.0.1:8080`, `"[::1]:8080"`, `udp/:53` or `unix:run/x.sock`
          address ~ unix: ~ a path without text, write the path of a file or directory
          url ~ ftp://a ~ the scheme `ftp` is not known here, write `http://host`, `https://host`, `h2c://host`, `h2://host`, `tcp://host:port`, `tls://host:port`, `udp://host:port` or `unix:run/app.sock`
          url ~ socks5://a ~ the scheme `socks5` is not known here, write `http://host`, `https://host`, `h2c://host`, `h2://host`, `tcp://host:port`, `tls://host:port`, `udp://host:port` or `unix:run/app.sock`
          url ~ 127.0.0.1:80 ~ `127.0.0.1:80` has no scheme, write `http://host`, `https://host`, `h2c://host`, `h2://host`, `tcp://host:port`, `tls://host:port`, `udp://host:port` or `unix:run/app.sock`
          url ~ tcp://db ~ `db` has no port, write `db:PORT`
          url ~ http://a:0 ~ `a:0` is not a host and port, write `host:port` or `[::1]:port`
          url ~ http:// ~ `` is not a host and port, write `host:port` or `[::1]:port`
          url ~ http://a b ~ `a b` is more than the address of a server, write scheme, host, port and path only, no user, query, fragment or space
          url ~ http://u:p@a ~ `u:p@a` is more than the address of a server, write scheme, host, port and path only, no user, query, fragment or space
          url ~ http://a/?q ~ `a/?q` is more than the address of a server, write scheme, host, port and path only, no user, query, fragment or space
          url ~ tcp://db:1/x ~ a path after `tcp://`, remove `/x`
          parent ~ unix:x ~ `unix:x` has no scheme, write `socks5://host`
          host-port ~ :80 ~ `:80` is not a host and port, write `host:port` or `"[::1]:port"`
          host-port ~ 1.2.3:80 ~ `1.2.3:80` is not a host and port, write `host:port` or `"[::1]:port"`
          cidr ~ 10.0.0.0/33 ~ `10.0.0.0/33` is not a block of addresses, write `10.0.0.0/8`, `fd00::/8` or one address
          cidr ~ home ~ `home` is not a block of addresses, write `10.0.0.0/8`, `fd00::/8` or one address
          domain ~ a.*.b ~ `a.*.b` is not a domain, write `example.com`, `"*.example.com"` or `"*"`, without scheme and port
          domain ~ a:80 ~ `a:80` is not a domain, write `example.com`, `"*.example.com"` or `"*"`, without scheme and port
          domain ~ a..b ~ `a..b` is not a domain, write `example.com`, `"*.example.com"` or `"*"`, without scheme and port
          domain ~ *.  ~ `*.` is not a domain, write `example.com`, `"*.example.com"` or `"*"`, without scheme and port
          field ~ X Y ~ `X Y` is not the name of a header field, write it without `:` and space
          field ~ X: ~ `X:` is not the name of a header field, write it without `:` and space
          statuses ~ 600 ~ `600` is not a range of statuses, write `404`, `5xx` or `500-504`
          statuses ~ 504-500 ~ `504-500` is not a range of statuses, write `404`, `5xx` or `500-504`
          regex ~ a(b ~ `a(b` is not a regular expression (Unclosed group at character 4), put `\\` before a character that is meant as such
          path ~ "" ~ nothing stands where a path belongs, give it a value, or remove the key
          name ~ a/b ~ `a/b` is not a name, use letters, digits, `-`, `_` and `.`
          bool-or-duration ~ 5 ~ `5` is not a duration, add the unit: `5s`, or `ms`, `m`, `h`, `d`
          url-or-path ~ http://u:p@a/films ~ `u:p@a/films` is more than the address of a server, write scheme, host, port and path only, no user, query, fragment or space
          url-or-path ~ htp://a ~ the scheme `htp` is not known here, write `http://host`, `https://host`, `h2c://host`, `h2://host`, `tcp://host:port`, `tls://host:port`, `udp://host:port` or `unix:run/app.sock`
          off-or-number ~ on ~ `on` is not `off` or a whole number from 1 to 9, write one of these
          off-or-number ~ 10 ~ `10` is not a whole number from 1 to 9, choose one in that range
          """)
  void shape_ofBadText_saysWhyAndHow(String shape, String text, String told) {
    assertEquals(told, read(shape, text));
  }

  @ParameterizedTest
  @CsvSource({"'',text", "~,a duration", "null,a size"})
  void shape_ofNothing_asksForAValue(String text, String noun) {
    Shape<?> shape =
        Arrays.<Shape<?>>asList(Shapes.text(), Shapes.duration(), Shapes.size()).stream()
            .filter(it -> it.form().noun().equals(noun))
            .findFirst()
            .orElseThrow();
    Problems problems = new Problems();
    Position at = Position.startOf(Path.of("x"));
    assertEquals(Optional.empty(), shape.read(new Node.Scalar(at, text, true), problems));
    String what = problems.sorted().getFirst().what();
    assertEquals("nothing stands where " + noun + " belongs", what);
  }

  @ParameterizedTest
  @CsvSource({
    "*,any.example,true",
    "*.example,a.example,true",
    "*.example,b.a.example,true",
    "*.example,example,false",
    "*.example,.example,false",
    "*.example,badexample,false",
    "a.example,a.example,true",
    "a.example,b.a.example,false"
  })
  void domainPattern_matches_itsHosts(String pattern, String host, boolean matches) {
    assertEquals(matches, DomainPattern.parse(pattern).orElseThrow().matches(host));
  }

  @ParameterizedTest
  @CsvSource({"50/s,50", "60/m,1", "5/10s,0.5", "1/4d,0.0000028935185185185185"})
  void rate_perSecond_isTheAverage(String text, double perSecond) {
    assertEquals(perSecond, Rate.events(text).orElseThrow().perSecond(), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({
    "path,x.pem",
    "domain,*.a.b",
    "address,:80",
    "regex,a+",
    "rate,5/s",
    "cidr,10.0.0.0/8"
  })
  void values_ofTheSameText_areEqual(String shape, String text) {
    Shape<?> it = Objects.requireNonNull(SHAPES.get(shape), shape);
    Position first = Position.startOf(Path.of("x"));
    Position second = new Position(Path.of("x"), 9, 9);
    Problems problems = new Problems();
    Optional<?> a = it.read(new Node.Scalar(first, text, true), problems);
    Optional<?> b = it.read(new Node.Scalar(second, text, false), problems);
    assertEquals(a, b);
    assertEquals(a.hashCode(), b.hashCode());
  }

  @Test
  void refs_ofOneName_areEqualWhereverTheyStand() {
    Ref here = new Ref("api", Position.startOf(Path.of("a")));
    assertEquals(here, new Ref("api", new Position(Path.of("b"), 2, 2)));
    assertNotEquals(here, new Ref("web", here.at()));
  }

  @Test
  void regex_nestedDeeply_isReadOrRefusedButDoesNotRecurseAway() {
    String nested = "(".repeat(500) + ")".repeat(500);
    assertEquals(nested, read("regex", nested));
    Node plus = new Node.Scalar(Position.startOf(Path.of("x")), "^a+$", true);
    Regex regex = Shapes.regex().read(plus, new Problems()).orElseThrow();
    assertTrue(regex.pattern().matcher("aaa").find());
    assertEquals(
        "the regular expression is too long, the limit is 1000 characters",
        read("regex", "(".repeat(100_000)));
  }

  @ParameterizedTest
  @CsvSource({"domain", "url", "address", "cidr", "duration", "integer", "size", "field", "name"})
  void shape_ofAHugeText_endsSoon(String shape) {
    for (String unit : List.of("1", "é", "a.", ":", "(")) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5), () -> read(shape, unit.repeat(FileText.MAX_BYTES / 4)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404,404,true",
    "404,405,false",
    "5xx,599,true",
    "5xx,499,false",
    "500-504,505,false"
  })
  void statuses_contain_theirEndsAndNoMore(String range, int status, boolean contained) {
    assertEquals(contained, StatusRange.parse(range).orElseThrow().contains(status));
  }

  @ParameterizedTest
  @CsvSource({"HTTP,true,false", "H2,true,true", "TLS,false,true", "UNIX,false,false"})
  void schemes_know_whatTheySpeak(ServerUrl.Scheme scheme, boolean http, boolean secure) {
    assertEquals(http, scheme.isHttp());
    assertEquals(secure, scheme.isSecure());
  }

  @Test
  void within_aBoundThatIsNone_isRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Shapes.within(Shapes.duration(), "64KiB", "1h"));
  }
}
