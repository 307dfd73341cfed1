package darban.media.dash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlTemplateTest {
  @ParameterizedTest
  @CsvSource({
    "v-$Number$.m4s, 7, v-7.m4s",
    "v-$Number%05d$.m4s, 7, v-00007.m4s",
    "v-$Number%05d$.m4s, 123456, v-123456.m4s",
    "$RepresentationID$/$Bandwidth$/$Time$, 0, hd$1/900/0",
    "$Bandwidth%06d$-$Number$, 1, 000900-1",
    "$$$Number$$$, 3, $3$",
    "a/$Number$/$Number%03d$.m4s?n=$Number$, 12, a/12/012.m4s?n=12",
    "$Number$5.m4s, 15, 155.m4s",
  })
  void address_ofANumber_andBack(String template, long value, String address) {
    UrlTemplate read =
        UrlTemplate.filled(template, "hd$1", OptionalLong.of(900))
            .flatMap(UrlTemplate::of)
            .orElseThrow();
    assertEquals(address, read.address(value));
    assertEquals(OptionalLong.of(value), read.value(address));
  }

  @ParameterizedTest
  @CsvSource({
    "v-$Number$.m4s, v-07.m4s",
    "v-$Number$.m4s, v-.m4s",
    "v-$Number$.m4s, v--7.m4s",
    "v-$Number$.m4s, v-7.m4",
    "v-$Number$.m4s, w-7.m4s",
    "v-$Number$.m4s, v-7a.m4s",
    "v-$Number$.m4s, v-9999999999999999999999999.m4s",
    "v-$Number$-v, v-v",
    "v-$Number%05d$.m4s, v-007.m4s",
    "$Number$/$Number$.m4s, 7/8.m4s",
    "$Number$/$Number$.m4s, 7/7",
  })
  void otherAddress_isNone(String template, String address) {
    assertEquals(OptionalLong.empty(), UrlTemplate.of(template).orElseThrow().value(address));
  }

  @ParameterizedTest
  @CsvSource({
    "init.mp4, init.mp4",
    "$RepresentationID$.mp4, hd.mp4",
    "a$$b.mp4, a$b.mp4",
    "$Number$.mp4, ",
    "$SubNumber$.mp4, ",
    "$Bandwidth$.mp4, ", // which is not told
    "$Number, ",
    "$Number%5d$, ",
  })
  void templateInWhichNothingVaries_isOneAddress(String template, String address) {
    assertEquals(
        Optional.ofNullable(address),
        UrlTemplate.filled(template, "hd", OptionalLong.empty()).flatMap(UrlTemplate::address));
  }

  @Test
  void numberAndTimeAtOnce_orNeither_isNoTemplate() {
    assertEquals(Optional.empty(), UrlTemplate.of("$Number$-$Time$.m4s"));
    assertEquals(Optional.empty(), UrlTemplate.of("only.m4s"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "'', a.m4s, a.m4s",
        "b/, a.m4s, b/a.m4s",
        "b/c, a.m4s, b/a.m4s",
        "b/c?d/e, a.m4s, b/a.m4s",
        "b/, /a.m4s, /a.m4s",
        "/b/, ../a.m4s, /b/../a.m4s",
        "http://h, a.m4s, http://h/a.m4s",
        "http://h/b/c, a.m4s, http://h/b/a.m4s",
        "http://h/b/, /a.m4s, http://h/a.m4s",
        "//h/b/, a.m4s, //h/b/a.m4s",
        "http://h/b/, https://i/a, https://i/a",
        "http://h/b/, //i/a, //i/a",
        "b/, '', b/",
      })
  void reference_isOfItsBase(String base, String reference, String joined) {
    assertEquals(joined, UrlTemplate.joined(base, reference));
  }
}
