package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Structured;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of a query a response does not depend on (No-Vary-Search, draft of the HTTP working
 * group). Two queries with the same {@link #canonical} form are answered by the same response.
 *
 * @param ignored whether {@code names} are those that do not matter; else they alone do
 * @param names decoded
 * @param anyOrder whether the order of parameters of different names does not matter
 */
public record NoVarySearch(boolean ignored, Set<String> names, boolean anyOrder) {
  public NoVarySearch {
    names = Set.copyOf(names);
  }

  private record Parameter(String name, String value) {}

  /** What a response says; empty where it says nothing that would change the key. */
  public static Optional<NoVarySearch> of(Fields response) {
    String value = response.joined(FieldName.NO_VARY_SEARCH);
    return value == null
        ? Optional.empty()
        : Structured.dictionary(value).flatMap(NoVarySearch::parsed);
  }

  private static Optional<NoVarySearch> parsed(Map<String, Structured.Member> value) {
    Optional<Boolean> anyOrder = bool(value.get("key-order"), false);
    Structured.Member params = value.get("params");
    Structured.Member except = value.get("except");
    Optional<Boolean> all = bool(params, false);
    if (anyOrder.isEmpty() || (except != null && !all.equals(Optional.of(true)))) {
      return Optional.empty();
    }
    Optional<NoVarySearch> rule =
        all.isPresent() && all.get()
            ? strings(except).map(names -> new NoVarySearch(false, names, anyOrder.get()))
            : strings(all.isPresent() ? null : params)
                .map(names -> new NoVarySearch(true, names, anyOrder.get()));
    return rule.filter(each -> !(each.ignored && each.names.isEmpty() && !each.anyOrder));
  }

  private static Optional<Boolean> bool(Structured.@Nullable Member member, boolean otherwise) {
    if (member == null) {
      return Optional.of(otherwise);
    }
    return member instanceof Structured.Item(Structured.Bool(boolean yes), var ignored)
        ? Optional.of(yes)
        : Optional.empty();
  }

  private static Optional<Set<String>> strings(Structured.@Nullable Member member) {
    if (member == null) {
      return Optional.of(Set.of());
    }
    if (!(member instanceof Structured.InnerList list)) {
      return Optional.empty();
    }
    Set<String> strings = new HashSet<>();
    for (Structured.Item item : list.items()) {
      if (!(item.value() instanceof Structured.Text(String text))) {
        return Optional.empty();
      }
      strings.add(decoded(text));
    }
    return Optional.of(strings);
  }

  /** The form in which queries that this rule calls equal are equal; empty for no parameter. */
  public String canonical(@Nullable String query) {
    List<Parameter> parameters = new ArrayList<>();
    for (String each : query == null ? new String[0] : query.split("&")) {
      int equals = each.indexOf('=');
      String name = decoded(equals < 0 ? each : each.substring(0, equals));
      if (!each.isEmpty() && names.contains(name) != ignored) {
        parameters.add(new Parameter(name, equals < 0 ? "" : decoded(each.substring(equals + 1))));
      }
    }
    if (anyOrder) {
      parameters.sort(Comparator.comparing(Parameter::name));
    }
    return parameters.stream()
        .map(each -> encoded(each.name()) + '=' + encoded(each.value()))
        .collect(Collectors.joining("&"));
  }

  /** As forms encode it: plus is a space, broken escapes stand for themselves. */
  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = bytes[i] == '+' ? (byte) ' ' : bytes[i];
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
