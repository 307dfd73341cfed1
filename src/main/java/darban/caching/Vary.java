package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Lists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The secondary key of a stored response (RFC 9111 §4.1): the fields it was selected by, and what
 * the request said in them.
 */
public final class Vary {
  /** The response is the same whatever the request's fields are. */
  public static final Vary NOTHING = new Vary(new FieldName[0], new String[0]);

  private final FieldName[] names;
  private final @Nullable String[] values;
  private final @Nullable String[] normal;

  private Vary(FieldName[] names, @Nullable String[] values) {
    this.names = names;
    this.values = values;
    this.normal = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      normal[i] = value == null ? null : Normal.of(names[i], value);
    }
  }

  /**
   * What a response to a request with these fields was selected by; empty where it matches no other
   * request ({@code *} in whichever place) or names more than {@code most} fields.
   */
  public static Optional<Vary> of(Fields request, Fields response, int most) {
    if (!response.has(FieldName.VARY)) {
      return Optional.of(NOTHING);
    }
    List<FieldName> names = new ArrayList<>(4);
    for (String line : response.all(FieldName.VARY)) {
      for (String member : Lists.members(line)) {
        FieldName name = FieldName.of(member);
        if (member.equals("*") || (names.size() == most && !names.contains(name))) {
          return Optional.empty();
        }
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    @Nullable String[] values = new String[names.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = request.joined(names.get(i));
    }
    return Optional.of(new Vary(names.toArray(FieldName[]::new), values));
  }

  /** As it was before: {@code values} has null for a field that the request did not have. */
  static Vary restored(FieldName[] names, @Nullable String[] values) {
    return names.length == 0 ? NOTHING : new Vary(names, values);
  }

  /** Whether a request with these fields selects the response. */
  public boolean matches(Fields request) {
    for (int i = 0; i < names.length; i++) {
      String value = request.joined(names[i]);
      if (!Objects.equals(value, values[i])
          && (value == null || !Normal.of(names[i], value).equals(normal[i]))) {
        return false;
      }
    }
    return true;
  }

  /** Whether the same requests select both. */
  public boolean sameAs(Vary other) {
    return Arrays.equals(names, other.names) && Arrays.equals(normal, other.normal);
  }

  /** Names and normalised values as one text: equal for what {@link #sameAs} calls the same. */
  public String normalText() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      text.append(names[i].lower());
      if (normal[i] != null) {
        text.append('=').append(normal[i]);
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Number of fields. */
  public int size() {
    return names.length;
  }

  /** The name of field {@code i}, from 0. */
  public FieldName name(int i) {
    return names[i];
  }

  /** What the request had in field {@code i}, from 0; null for no such field. */
  public @Nullable String value(int i) {
    return values[i];
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Vary other
        && Arrays.equals(names, other.names)
        && Arrays.equals(values, other.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(names) * 31 + Arrays.hashCode(values);
  }
}
