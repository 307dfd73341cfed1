package darban.radio;

import darban.http.FieldName;
import darban.http.Fields;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a source tells of its station. Immutable, any thread.
 *
 * @param type media type of what it sends
 * @param told what listeners are told besides, by fields that begin with {@code icy-}
 */
public record Station(String type, Fields told) {
  private static final int LONGEST = 512;

  /** Names that source clients use, Icecast's and SHOUTcast's, and what listeners are told. */
  private static final Map<FieldName, List<FieldName>> TOLD =
      Map.of(
          FieldName.of("icy-name"), names("ice-name", "icy-name"),
          FieldName.of("icy-description"), names("ice-description", "icy-description"),
          FieldName.of("icy-genre"), names("ice-genre", "icy-genre"),
          FieldName.of("icy-url"), names("ice-url", "icy-url"),
          FieldName.of("icy-br"), names("ice-bitrate", "icy-br"),
          FieldName.of("icy-pub"), names("ice-public", "icy-pub"));

  private static List<FieldName> names(String... names) {
    return java.util.Arrays.stream(names).map(FieldName::of).toList();
  }

  /** What the fields of a source's request tell. */
  public static Station of(Fields request) {
    Fields.Builder told = Fields.builder(8);
    TOLD.forEach((name, sources) ->
        sources.stream()
            .map(request::get)
            .filter(Objects::nonNull)
            .filter(value -> value.length() <= LONGEST)
            .findFirst()
            .ifPresent(value -> told.add(name, value)));
    String type = request.get(FieldName.CONTENT_TYPE);
    return new Station(type == null ? "audio/mpeg" : type, told.build());
  }

  /** Its name, or empty. */
  public String name() {
    String name = told.get(FieldName.of("icy-name"));
    return name == null ? "" : name;
  }
}
