package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.mp4.BoxWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parameter sets of one type by their numbers, within bounds. Confined to one thread. */
final class StoredSets {
  /** Bytes of one set, of which encoders need some dozens. */
  private static final int LARGEST = 8 << 10;

  /** The field in {@code avcC} is not longer. */
  private static final int MOST = 31;

  private final Map<Integer, ByteBuffer> sets = new TreeMap<>();

  void put(int number, ByteBuffer set) {
    if (set.remaining() > LARGEST || (sets.size() >= MOST && !sets.containsKey(number))) {
      throw new MalformedMedia("its parameter sets are too large, or too many");
    }
    sets.put(number, copy(set));
  }

  static ByteBuffer copy(ByteBuffer set) {
    return ByteBuffer.allocate(set.remaining()).put(set.duplicate()).flip().asReadOnlyBuffer();
  }

  boolean has(ByteBuffer set) {
    return sets.containsValue(set);
  }

  boolean isEmpty() {
    return sets.isEmpty();
  }

  int count() {
    return sets.size();
  }

  Collection<ByteBuffer> all() {
    return sets.values();
  }

  /** Each behind its length in two bytes. */
  void write(BoxWriter out) {
    for (ByteBuffer each : sets.values()) {
      out.u16(each.remaining()).bytes(each);
    }
  }

  /** The bytes of a unit without those that keep start codes out (ISO/IEC 14496-10 §7.4.1). */
  static ByteBuffer plain(ByteBuffer unit) {
    ByteBuffer plain = ByteBuffer.allocate(unit.remaining());
    int zeros = 0;
    for (int i = unit.position(); i < unit.limit(); i++) {
      byte each = unit.get(i);
      if (zeros < 2 || each != 3) {
        plain.put(each);
        zeros = each == 0 ? zeros + 1 : 0;
      } else {
        zeros = 0;
      }
    }
    return plain.flip();
  }

  /** The units between start codes (§B); zero bytes behind one are none of its. */
  static List<ByteBuffer> units(ByteBuffer data, int most) {
    List<ByteBuffer> units = new ArrayList<>();
    int from = -1;
    int end = data.limit();
    int at = data.position();
    while (at + 2 < end) {
      int third = data.get(at + 2);
      if (third == 1 && data.get(at) == 0 && data.get(at + 1) == 0) {
        add(units, data, from, at, most);
        at += 3;
        from = at;
      } else {
        at += third > 1 || third < 0 ? 3 : 1;
      }
    }
    add(units, data, from, end, most);
    return units;
  }

  private static void add(List<ByteBuffer> units, ByteBuffer data, int from, int to, int most) {
    if (from < 0) {
      return;
    }
    int end = to;
    while (end > from && data.get(end - 1) == 0) {
      end--;
    }
    if (end > from) {
      units.add(data.slice(from, end - from));
    }
    if (units.size() > most) {
      throw new MalformedMedia("a picture has more than " + most + " NAL units");
    }
  }
}
