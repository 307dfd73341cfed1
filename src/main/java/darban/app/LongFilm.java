package darban.app;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * A film that is shown over and over, as its tables tell (ISO/IEC 14496-12 §8.6 and §8.7): they are
 * as long as those of a long film, which takes no more room than a short one. Its head is at its
 * end, where most programs leave it. Confined to one thread.
 */
final class LongFilm {
  private static final Set<String> HOLDERS = Set.of("moov", "trak", "edts", "mdia", "minf", "stbl");
  private static final int HEADER = 8;
  private static final int FREE = 0x66726565;

  private final int times;
  private int samples;
  private int chunks;

  private LongFilm(int times) {
    this.times = times;
  }

  /** What {@code film} is when shown so many times. No size or place in it may have 64 bits. */
  static byte[] of(byte[] film, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer boxes = ByteBuffer.wrap(film.clone());
    int head = 0;
    while (!is("moov", boxes.slice(head, HEADER))) {
      head += boxes.getInt(head);
    }
    ByteBuffer moov = boxes.slice(head, boxes.getInt(head));
    new LongFilm(times).write(moov, out);
    // Something is in its place, so that all else stays in its own.
    moov.putInt(4, FREE);
    byte[] tables = out.toByteArray();
    return ByteBuffer.allocate(film.length + tables.length).put(boxes).put(tables).array();
  }

  private static boolean is(String type, ByteBuffer box) {
    return type(box).equals(type);
  }

  private static String type(ByteBuffer box) {
    return StandardCharsets.ISO_8859_1.decode(box.slice(4, 4)).toString();
  }

  private static ByteBuffer next(ByteBuffer in) {
    ByteBuffer box = in.slice(in.position(), in.getInt(in.position()));
    in.position(in.position() + box.capacity());
    return box;
  }

  private void write(ByteBuffer box, ByteArrayOutputStream to) {
    ByteBuffer content =
        switch (type(box)) {
          case "stts", "ctts" -> repeated(box, 4, 2, 0);
          case "stsz" -> repeated(box, 8, 1, 0);
          case "stco" -> repeated(box, 4, 1, 0);
          case "stss" -> repeated(box, 4, 1, samples);
          case "stsc" -> repeated(box, 4, 3, chunks);
          case "elst" ->
              box.putInt(HEADER + 8, box.getInt(HEADER + 8) * times)
                  .slice(HEADER, box.capacity() - HEADER);
          case String holder when HOLDERS.contains(holder) -> held(box);
          default -> box.slice(HEADER, box.capacity() - HEADER);
        };
    ByteBuffer header = ByteBuffer.allocate(HEADER).putInt(HEADER + content.remaining());
    to.writeBytes(header.put(box.slice(4, 4)).array());
    to.write(content.array(), content.arrayOffset() + content.position(), content.remaining());
  }

  private ByteBuffer held(ByteBuffer holder) {
    count(holder.slice(HEADER, holder.capacity() - HEADER));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (ByteBuffer in = holder.slice(HEADER, holder.capacity() - HEADER); in.hasRemaining(); ) {
      write(next(in), out);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }

  /** How many samples and chunks there are, if these boxes are tables. */
  private void count(ByteBuffer boxes) {
    while (boxes.hasRemaining()) {
      ByteBuffer box = next(boxes);
      samples = is("stsz", box) ? box.getInt(HEADER + 8) : samples;
      chunks = is("stco", box) ? box.getInt(HEADER + 4) : chunks;
    }
  }

  /**
   * A table's rows over and over.
   *
   * @param before bytes before the number of rows
   * @param columns numbers of four bytes in a row
   * @param step added to the first of them each time
   */
  private ByteBuffer repeated(ByteBuffer box, int before, int columns, int step) {
    int rows = box.getInt(HEADER + before);
    ByteBuffer out = ByteBuffer.allocate(before + 4 + times * rows * columns * 4);
    out.put(box.slice(HEADER, before)).putInt(times * rows);
    for (int i = 0; i < times * rows * columns; i++) {
      int number = box.getInt(HEADER + before + 4 + i % (rows * columns) * 4);
      out.putInt(i % columns == 0 ? number + i / (rows * columns) * step : number);
    }
    return out.flip();
  }
}
