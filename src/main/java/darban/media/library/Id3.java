package darban.media.library;

import darban.media.Cursor;
import darban.media.text.TextEncoding;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads tags of ID3 versions 2.2 to 2.4. Pictures are passed over without being fetched. Pure but
 * for what it collects.
 */
final class Id3 {
  private static final int HEADER = 10;
  private static final int MOST_FRAMES = 256;
  private static final int LONGEST_TEXT = 4096;
  private static final long LONGEST_WHOLE = 1 << 20;
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("TIT2", "title"),
          Map.entry("TT2", "title"),
          Map.entry("TPE1", "artist"),
          Map.entry("TP1", "artist"),
          Map.entry("TPE2", "album_artist"),
          Map.entry("TP2", "album_artist"),
          Map.entry("TALB", "album"),
          Map.entry("TAL", "album"),
          Map.entry("TDRC", "date"),
          Map.entry("TYER", "date"),
          Map.entry("TYE", "date"),
          Map.entry("TCON", "genre"),
          Map.entry("TCO", "genre"),
          Map.entry("TRCK", "track"),
          Map.entry("TRK", "track"));

  private final TagText tags;
  private final int version;
  private final boolean covers;

  private Id3(TagText tags, int version, boolean covers) {
    this.tags = tags;
    this.version = version;
    this.covers = covers;
  }

  /** Reads a tag at the start of the file, if there is one; where the sound begins. */
  static long read(Source source, TagText tags) {
    Cursor in = source.at(0, HEADER, "ID3");
    if (!in.text(3, StandardCharsets.ISO_8859_1).equals("ID3")) {
      return 0;
    }
    int version = in.u8();
    int flags = in.skip(1).u8();
    long end = HEADER + safe(in.i32());
    boolean unsynchronised = (flags & 0x80) != 0 && version < 4;
    if (unsynchronised) {
      byte[] plain = plain(source.at(HEADER, Math.min(end - HEADER, LONGEST_WHOLE), "ID3"));
      Source alone = new Source(plain.length);
      alone.add(0, java.nio.ByteBuffer.wrap(plain));
      new Id3(tags, version, false).frames(alone, 0, plain.length);
    } else {
      long start = HEADER;
      if ((flags & 0x40) != 0 && version > 2) {
        int size = source.at(start, 4, "ID3").i32();
        start += version == 4 ? safe(size) : 4 + (size & 0xffff_ffffL);
      }
      new Id3(tags, version, true).frames(source, start, Math.min(end, source.length()));
    }
    return Math.min(end + ((flags & 0x10) != 0 ? HEADER : 0), source.length());
  }

  /** A number in seven bits of each byte. */
  private static long safe(int number) {
    return (number & 0x7f)
        | (number >> 1 & 0x3f80)
        | (number >> 2 & 0x1f_c000)
        | (number >> 3 & 0xfe0_0000);
  }

  /** Without the zeros that were put in so that nothing looks like sound. */
  private static byte[] plain(Cursor in) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.remaining());
    while (in.hasMore()) {
      int b = in.u8();
      out.write(b);
      if (b == 0xff && in.peek() == 0) {
        in.skip(1);
      }
    }
    return out.toByteArray();
  }

  private void frames(Source source, long start, long end) {
    int header = version == 2 ? 6 : HEADER;
    long at = start;
    for (int i = 0; i < MOST_FRAMES && at + header < end; i++) {
      Cursor in = source.at(at, header, "ID3");
      String id = in.text(version == 2 ? 3 : 4, StandardCharsets.ISO_8859_1);
      long size = version == 2 ? in.u24() : version == 4 ? safe(in.i32()) : in.u32();
      int flags = version == 2 ? 0 : in.u16();
      if (id.charAt(0) == 0 || size > end - at - header) {
        return;
      }
      frame(source, id, at + header, size, version == 4 ? flags & 0xf : 0);
      at += header + size;
    }
  }

  private void frame(Source source, String id, long start, long size, int flags) {
    // A length stands before the content; content that is packed or encrypted is passed over.
    long skip = (flags & 1) != 0 ? 4 : 0;
    long length = size - skip;
    if (length < 2 || (flags & 0xc) != 0) {
      return;
    }
    String name = NAMES.get(id);
    if (name != null) {
      Cursor in = source.at(start + skip, Math.min(length, LONGEST_TEXT), "ID3");
      tags.put(name, text(in, (flags & 2) != 0));
    } else if (covers && (id.equals("APIC") || id.equals("PIC"))) {
      picture(source.at(start + skip, Math.min(length, 512), "ID3"), start + size);
    }
  }

  private static String text(Cursor in, boolean unsynchronised) {
    int encoding = in.u8();
    byte[] bytes = unsynchronised ? plain(in) : in.copy(in.remaining());
    return switch (encoding) {
      case 1 -> new String(bytes, StandardCharsets.UTF_16);
      case 2 -> new String(bytes, StandardCharsets.UTF_16BE);
      case 3 -> new String(bytes, StandardCharsets.UTF_8);
      // Many say Latin-1 of whatever their system had.
      default -> TextEncoding.field(bytes);
    };
  }

  private void picture(Cursor in, long end) {
    int encoding = in.u8();
    String mediaType;
    if (version == 2) {
      String format = in.text(3, StandardCharsets.ISO_8859_1);
      mediaType = format.equals("PNG") ? "image/png" : "image/jpeg";
    } else {
      String told = in.textToZero(StandardCharsets.ISO_8859_1);
      mediaType = told.contains("/") ? told : "image/" + told;
    }
    in.skip(1);
    boolean wide = encoding == 1 || encoding == 2;
    boolean ended = false;
    while (!ended && in.remaining() > 1) {
      ended = wide ? in.u16() == 0 : in.u8() == 0;
    }
    if (ended) {
      tags.cover(in.offset(), end - in.offset(), mediaType);
    }
  }
}
