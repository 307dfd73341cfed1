package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link StoredResponse}.
 *
 * <pre>
 *   version 1 │ CRC-32C of the rest 4 │ received, initial age, lifetime 8 each │ flags 1
 *   │ while revalidate, if error 8 each │ vary: count 2, (name, presence 1, value)…
 *   │ status 2 │ fields: count 2, (name, value)…
 * </pre>
 *
 * A text is its length in 4 bytes, then a byte a character. Numbers are big-endian.
 */
final class StoredFormat {
  private static final byte VERSION = 1;
  private static final int NO_CACHE = 1;
  private static final int IMMUTABLE = 2;
  private static final int ON_DEMAND = 4;
  private static final int HEADER = 5;

  private StoredFormat() {}

  static byte[] encode(StoredResponse stored) {
    Writer out = new Writer();
    write(out, stored.freshness());
    Vary vary = stored.vary();
    out.number(vary.size(), 2);
    for (int i = 0; i < vary.size(); i++) {
      out.text(vary.name(i).toString());
      String value = vary.value(i);
      out.number(value == null ? 0 : 1, 1);
      if (value != null) {
        out.text(value);
      }
    }
    Fields fields = stored.fields();
    out.number(stored.status(), 2);
    out.number(fields.size(), 2);
    for (int i = 0; i < fields.size(); i++) {
      out.text(fields.name(i).toString());
      out.text(fields.value(i));
    }
    byte[] content = out.bytes.toByteArray();
    return ByteBuffer.allocate(HEADER + content.length)
        .put(VERSION)
        .putInt(checksum(content, 0))
        .put(content)
        .array();
  }

  private static void write(Writer out, Freshness freshness) {
    Freshness.Stale stale = freshness.stale();
    out.number(freshness.received(), 8);
    out.number(freshness.initialAge(), 8);
    out.number(freshness.lifetime(), 8);
    out.number(
        (freshness.noCache() ? NO_CACHE : 0)
            | (freshness.immutable() ? IMMUTABLE : 0)
            | (stale.onDemand() ? ON_DEMAND : 0),
        1);
    out.number(stale.whileRevalidate(), 8);
    out.number(stale.ifError(), 8);
  }

  private static int checksum(byte[] bytes, int from) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, bytes.length - from);
    return (int) sum.getValue();
  }

  static Optional<StoredResponse> decode(byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != VERSION) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    if (in.getInt() != checksum(bytes, HEADER)) {
      return Optional.empty();
    }
    try {
      Freshness freshness = freshness(in);
      Vary vary = vary(in);
      int status = in.getShort();
      Fields fields = fields(in);
      return in.hasRemaining() || status < 200 || status > 999
          ? Optional.empty()
          : Optional.of(new StoredResponse(new ResponseHead(status, fields), vary, freshness));
    } catch (BufferUnderflowException lengthBeyondTheEnd) {
      return Optional.empty();
    }
  }

  private static Freshness freshness(ByteBuffer in) {
    long received = in.getLong();
    long initialAge = in.getLong();
    long lifetime = in.getLong();
    int flags = in.get();
    Freshness.Stale stale =
        new Freshness.Stale(in.getLong(), in.getLong(), (flags & ON_DEMAND) != 0);
    return new Freshness(
        received, initialAge, lifetime, (flags & NO_CACHE) != 0, (flags & IMMUTABLE) != 0, stale);
  }

  private static Vary vary(ByteBuffer in) {
    int count = count(in);
    FieldName[] names = new FieldName[count];
    @Nullable String[] values = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = FieldName.of(text(in));
      values[i] = in.get() == 0 ? null : text(in);
    }
    return Vary.restored(names, values);
  }

  private static Fields fields(ByteBuffer in) {
    int count = count(in);
    Fields.Builder fields = Fields.builder(count);
    for (int i = 0; i < count; i++) {
      FieldName name = FieldName.of(text(in));
      fields.add(name, text(in));
    }
    return fields.build();
  }

  /** A number of things of at least four bytes each, so that no damage makes us reserve much. */
  private static int count(ByteBuffer in) {
    int count = Short.toUnsignedInt(in.getShort());
    if (count > in.remaining() / 4) {
      throw new BufferUnderflowException();
    }
    return count;
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] text = new byte[length];
    in.get(text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static final class Writer {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    void number(long value, int width) {
      for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
        bytes.write((int) (value >> shift));
      }
    }

    void text(String text) {
      number(text.length(), 4);
      bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
