package darban.media.ts;

import darban.media.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the first program is made of: the program association table and the map of that
 * program (ISO/IEC 13818-1 §2.4.4). Confined to one thread.
 */
final class ProgramTables {
  private static final int ASSOCIATION = 0;
  private static final int MAP = 2;
  private static final int PID = 0x1fff;

  private final MapListener found;
  private final StreamListener streams;
  private int program = -1;
  private int mapPid = -1;
  private @Nullable ByteBuffer last;

  /** Told where the map is, and where it was, or -1. */
  @FunctionalInterface
  interface MapListener {
    void map(int before, int pid);
  }

  /** Told of all streams of the program that can be read, in their order. */
  @FunctionalInterface
  interface StreamListener {
    void streams(int mapPid, List<Elementary> all);
  }

  ProgramTables(MapListener found, StreamListener streams) {
    this.found = found;
    this.streams = streams;
  }

  /** Reads the table of PID 0. */
  PidReader association() {
    return new Sections(this::association);
  }

  /** Reads the map. */
  PidReader map() {
    return new Sections(this::map);
  }

  /** The content of a table that holds now; null if it is another one. */
  private static @Nullable Cursor table(ByteBuffer section, int id, int number) {
    Cursor in = Cursor.over(section, "a table of the program");
    boolean right = in.u8() == id && in.remaining() >= 7;
    if (!right || (in.skip(2).u16() != number && number >= 0)) {
      return null;
    }
    boolean current = (in.u8() & 1) != 0;
    return current ? in.skip(2) : null;
  }

  private void association(ByteBuffer section) {
    Cursor in = table(section, ASSOCIATION, -1);
    while (in != null && in.remaining() >= 4) {
      int number = in.u16();
      int pid = in.u16() & PID;
      if (number != 0) {
        if (number != program || pid != mapPid) {
          int before = mapPid;
          program = number;
          mapPid = pid;
          last = null;
          found.map(before, pid);
        }
        return;
      }
    }
  }

  private void map(ByteBuffer section) {
    Cursor in = table(section, MAP, program);
    if (in == null || section.equals(last)) {
      return;
    }
    in.skip(2);
    in.skip(in.u16() & 0xfff);
    List<Elementary> all = new ArrayList<>();
    while (in.remaining() >= 5) {
      Elementary each = Elementary.read(in);
      if (each != null) {
        all.add(each);
      }
    }
    last = StoredSets.copy(section);
    streams.streams(mapPid, all);
  }
}
