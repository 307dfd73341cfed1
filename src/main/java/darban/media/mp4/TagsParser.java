package darban.media.mp4;

import darban.media.Cursor;
import darban.media.Span;
import darban.media.Tags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a movie says about itself, in the three ways that files have it: iTunes' list, keys of
 * QuickTime, and texts of older QuickTime; and chapters as Nero has them. One thread.
 */
final class TagsParser {
  private static final int UTF_8 = 1;
  private static final int JPEG = 13;
  private static final int PNG = 14;
  private static final int MOST_CHAPTERS = 1000;
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("\u00a9nam", "title"),
          Map.entry("\u00a9ART", "artist"),
          Map.entry("aART", "album_artist"),
          Map.entry("\u00a9alb", "album"),
          Map.entry("\u00a9day", "date"),
          Map.entry("\u00a9gen", "genre"),
          Map.entry("\u00a9cmt", "comment"),
          Map.entry("\u00a9wrt", "composer"),
          Map.entry("desc", "description"),
          Map.entry("tvsh", "show"),
          Map.entry("com.apple.quicktime.title", "title"),
          Map.entry("com.apple.quicktime.artist", "artist"),
          Map.entry("com.apple.quicktime.album", "album"),
          Map.entry("com.apple.quicktime.creationdate", "date"),
          Map.entry("com.apple.quicktime.comment", "comment"));

  private final Map<String, String> texts = new HashMap<>();
  private final List<String> keys = new ArrayList<>();
  private final List<Movie.Chapter> chapters = new ArrayList<>();
  private Tags.@Nullable Cover cover;

  /** Reads {@code udta} or {@code meta}. */
  void read(Box holder) {
    if (holder.type().equals("meta")) {
      meta(holder.body());
      return;
    }
    for (Box box : Box.in(holder.body())) {
      switch (box.type()) {
        case "meta" -> meta(box.body());
        case "chpl" -> chapters(box);
        default -> plain(box);
      }
    }
  }

  Tags tags() {
    return new Tags(texts, Optional.ofNullable(cover));
  }

  List<Movie.Chapter> chapters() {
    return chapters;
  }

  private void put(String type, String text) {
    String name = NAMES.get(type);
    if (name != null && texts.size() < Tags.MOST && !text.isBlank()) {
      texts.putIfAbsent(name, text.strip());
    }
  }

  /** QuickTime's is a plain box, ISO's a full one. */
  private void meta(Cursor in) {
    if (in.remaining() >= 8 && in.duplicate().skip(4).i32() != 0x68646c72 /* hdlr */) {
      in.skip(4);
    }
    for (Box box : Box.in(in)) {
      switch (box.type()) {
        case "keys" -> keys(box);
        case "ilst" -> list(box.body());
        default -> {}
      }
    }
  }

  private void keys(Box box) {
    box.version();
    box.body().skip(4);
    for (Box key : Box.in(box.body())) {
      keys.add(key.body().text(Math.min(key.body().remaining(), 100), StandardCharsets.UTF_8));
      if (keys.size() > Tags.MOST) {
        return;
      }
    }
  }

  private void list(Cursor in) {
    for (Box item : Box.in(in)) {
      for (Box data : Box.in(item.body())) {
        if (data.type().equals("data") && data.body().remaining() >= 8) {
          value(name(item.type()), data.body());
        }
      }
    }
  }

  /** Items of a list with keys are called by the key's number. */
  private String name(String type) {
    int index = type.charAt(0) << 24 | type.charAt(1) << 16 | type.charAt(2) << 8 | type.charAt(3);
    return index > 0 && index <= keys.size() ? keys.get(index - 1) : type;
  }

  private void value(String type, Cursor in) {
    int kind = in.i32() & 0xffffff;
    in.skip(4);
    if (type.equals("trkn") && in.remaining() >= 4) {
      texts.putIfAbsent("track", Integer.toString(in.skip(2).u16()));
    } else if (type.equals("covr") && (kind == JPEG || kind == PNG) && cover == null) {
      String mediaType = kind == PNG ? "image/png" : "image/jpeg";
      cover = new Tags.Cover(new Span(in.offset(), in.remaining()), mediaType);
    } else if (kind == UTF_8) {
      put(type, in.text(Math.min(in.remaining(), Tags.LONGEST), StandardCharsets.UTF_8));
    }
  }

  private void plain(Box box) {
    if (box.type().charAt(0) == '\u00a9') {
      put(box.type(), plainText(box.body()));
    }
  }

  /** Length and language in two bytes each, then the text. */
  private static String plainText(Cursor in) {
    if (in.remaining() < 4) {
      return "";
    }
    int length = in.u16();
    in.skip(2);
    return in.text(
        Math.min(Math.min(length, in.remaining()), Tags.LONGEST), StandardCharsets.UTF_8);
  }

  /** The name that a track's {@code udta} gives it, or empty. */
  static String trackName(Cursor udta) {
    String name = "";
    for (Box box : Box.in(udta)) {
      Cursor in = box.body();
      if (box.type().equals("name") && in.hasMore()) {
        name = in.text(Math.min(in.remaining(), Tags.LONGEST), StandardCharsets.UTF_8);
      } else if (box.type().equals("\u00a9nam")) {
        name = plainText(in);
      }
    }
    return name.replace("\0", "").strip();
  }

  private void chapters(Box box) {
    int version = box.version();
    Cursor in = box.body().skip(version == 1 ? 4 : 0);
    for (int left = in.u8(); left > 0 && chapters.size() < MOST_CHAPTERS; left--) {
      long start = in.u64() / 10_000;
      chapters.add(new Movie.Chapter(start, in.text(in.u8(), StandardCharsets.UTF_8)));
    }
  }
}
