package darban.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a head or a trailer section, in the order received (RFC 9110 §5). Values hold
 * one byte a character (ISO 8859-1), so that they pass unchanged. Immutable, any thread.
 */
public final class Fields {
  /** No field at all. */
  public static final Fields NONE = new Fields(new FieldName[0], new String[0], 0, null);

  private final FieldName[] names;
  private final String[] values;
  private final int size;
  private final @Nullable Beginning beginning;

  private Fields(FieldName[] names, String[] values, int size, @Nullable Beginning beginning) {
    this.names = names;
    this.values = values;
    this.size = size;
    this.beginning = beginning;
  }

  /**
   * The first lines of fields that are sent again and again, as they were written once. Any thread.
   */
  public static final class Beginning {
    /** How lines are written: each version of HTTP has its way. */
    public enum Form {
      LINES,
      HPACK,
      QPACK
    }

    private final int count;
    private volatile byte @Nullable [] lines;
    private volatile byte @Nullable [] hpack;
    private volatile byte @Nullable [] qpack;

    private Beginning(int count) {
      this.count = count;
    }

    /** Number of lines. */
    public int count() {
      return count;
    }

    /** What was written of them in that form, not to be changed; null before the first time. */
    public byte @Nullable [] written(Form form) {
      return switch (form) {
        case LINES -> lines;
        case HPACK -> hpack;
        case QPACK -> qpack;
      };
    }

    /** Keeps what was written of them in that form. */
    public void written(Form form, byte[] all) {
      switch (form) {
        case LINES -> lines = all;
        case HPACK -> hpack = all;
        case QPACK -> qpack = all;
      }
    }
  }

  /** Fields of pairs: a name, its value, the next name … */
  public static Fields of(String... namesAndValues) {
    Builder builder = builder(namesAndValues.length / 2);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.add(FieldName.of(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return builder.build();
  }

  /** An empty builder with room for {@code capacity} lines; it grows. */
  public static Builder builder(int capacity) {
    return new Builder(capacity);
  }

  /** Number of lines. */
  public int size() {
    return size;
  }

  /** Characters of all names and values. */
  public int textLength() {
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += names[i].length() + values[i].length();
    }
    return sum;
  }

  /** The name of line {@code i}, from 0. */
  public FieldName name(int i) {
    return names[i];
  }

  /** The value of line {@code i}, from 0, without white space around it. */
  public String value(int i) {
    return values[i];
  }

  /** The value of the first line of that name, or null. */
  public @Nullable String get(FieldName name) {
    int i = indexOf(name, 0);
    return i < 0 ? null : values[i];
  }

  /** Whether a line has that name. */
  public boolean has(FieldName name) {
    return indexOf(name, 0) >= 0;
  }

  /** The index of the first line of that name from {@code from} on, or -1. */
  public int indexOf(FieldName name, int from) {
    for (int i = from; i < size; i++) {
      FieldName other = names[i];
      if (other == name || (other.hashCode() == name.hashCode() && other.equals(name))) {
        return i;
      }
    }
    return -1;
  }

  /** The values of all lines of that name, in order. */
  public List<String> all(FieldName name) {
    int first = indexOf(name, 0);
    if (first < 0) {
      return List.of();
    }
    List<String> found = new ArrayList<>(2);
    for (int i = first; i >= 0; i = indexOf(name, i + 1)) {
      found.add(values[i]);
    }
    return found;
  }

  /** All lines of that name as one list value (RFC 9110 §5.3), or null where there is none. */
  public @Nullable String joined(FieldName name) {
    int first = indexOf(name, 0);
    if (first < 0) {
      return null;
    }
    if (indexOf(name, first + 1) < 0) {
      return values[first];
    }
    return String.join(", ", all(name));
  }

  /**
   * Whether a comma-separated list field has {@code token} as a member, without regard to case; in
   * whichever line, parameters included in the comparison.
   */
  public boolean hasToken(FieldName name, String token) {
    for (int i = indexOf(name, 0); i >= 0; i = indexOf(name, i + 1)) {
      if (Lists.contains(values[i], token)) {
        return true;
      }
    }
    return false;
  }

  /** The same to be kept for long: in little memory, what many have in common kept once. */
  public Fields kept() {
    return kept(beginning);
  }

  /**
   * The same, as the beginning of many answers: what is written of them is kept, also for those
   * that have more lines behind.
   */
  public Fields asBeginning() {
    return kept(new Beginning(size));
  }

  private Fields kept(@Nullable Beginning beginning) {
    String[] common = new String[size];
    for (int i = 0; i < size; i++) {
      common[i] = Common.value(values[i]);
    }
    return new Fields(Common.names(names, size), common, size, beginning);
  }

  /** What they have in common with other answers; null for nothing. */
  public @Nullable Beginning beginning() {
    return beginning;
  }

  /** A builder that holds these lines already. */
  public Builder toBuilder() {
    Builder builder = new Builder(size + 8);
    System.arraycopy(names, 0, builder.names, 0, size);
    System.arraycopy(values, 0, builder.values, 0, size);
    builder.size = size;
    builder.beginning = beginning;
    return builder;
  }

  /** A builder that holds the lines whose name passes. */
  public Builder filtered(Predicate<FieldName> keep) {
    Builder builder = new Builder(size + 8);
    for (int i = 0; i < size; i++) {
      if (keep.test(names[i])) {
        builder.add(names[i], values[i]);
      }
    }
    return builder;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Fields other
        && size == other.size
        && Arrays.equals(names, 0, size, other.names, 0, size)
        && Arrays.equals(values, 0, size, other.values, 0, size);
  }

  @Override
  public int hashCode() {
    int h = 1;
    for (int i = 0; i < size; i++) {
      h = (h * 31 + names[i].hashCode()) * 31 + values[i].hashCode();
    }
    return h;
  }

  /** For logs of tests only: values may hold secrets. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(names[i]).append(": ").append(values[i]).append('\n');
    }
    return text.toString();
  }

  /** Makes {@link Fields}; confined to one thread, spent after {@link #build}. */
  public static final class Builder {
    private FieldName[] names;
    private String[] values;
    private int size;
    private @Nullable Beginning beginning;

    private Builder(int capacity) {
      names = new FieldName[Math.max(4, capacity)];
      values = new String[names.length];
    }

    /** Adds a line at the end. */
    public Builder add(FieldName name, String value) {
      if (size == names.length) {
        names = Arrays.copyOf(names, size * 2);
        values = Arrays.copyOf(values, size * 2);
      }
      names[size] = name;
      values[size++] = value;
      return this;
    }

    /** Adds all lines of {@code fields} at the end. */
    public Builder addAll(Fields fields) {
      for (int i = 0; i < fields.size; i++) {
        add(fields.names[i], fields.values[i]);
      }
      return this;
    }

    /** Puts one line of that name in the place of all its lines. */
    public Builder set(FieldName name, String value) {
      remove(name);
      return add(name, value);
    }

    /** Adds the line unless there is one of that name. */
    public Builder setIfAbsent(FieldName name, String value) {
      return has(name) ? this : add(name, value);
    }

    /** Whether a line has that name. */
    public boolean has(FieldName name) {
      for (int i = 0; i < size; i++) {
        if (names[i].equals(name)) {
          return true;
        }
      }
      return false;
    }

    /** Removes all lines of that name. */
    public Builder remove(FieldName name) {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (!names[i].equals(name)) {
          names[kept] = names[i];
          values[kept++] = values[i];
        } else if (beginning != null && i < beginning.count()) {
          beginning = null;
        }
      }
      size = kept;
      return this;
    }

    /** Number of lines so far. */
    public int size() {
      return size;
    }

    /** The lines so far, to look at; valid until the next change. */
    public Fields peek() {
      return new Fields(names, values, size, beginning);
    }

    /** The fields. The builder must not be used afterwards. */
    public Fields build() {
      return size == 0 ? NONE : new Fields(names, values, size, beginning);
    }
  }
}
