package darban.media.hls;

import darban.media.MalformedMedia;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A playlist of HLS (RFC 8216bis) kept line by line: what is not changed comes out byte for byte as
 * it came in, unknown tags and attributes, comments and ends of lines too. {@link
 * MultivariantPlaylist} and {@link MediaPlaylist} say what it means.
 *
 * <p>Lines are held one character a byte, so that nothing is lost where they are no UTF-8; what is
 * given out is decoded. Immutable, any thread.
 */
public final class HlsPlaylist {
  /** Longer ones are refused; a recording of a day has one or two megabytes. */
  public static final int LONGEST = 32 << 20;

  private static final Set<String> OF_VARIANTS =
      Set.of(
          "EXT-X-STREAM-INF",
          "EXT-X-I-FRAME-STREAM-INF",
          "EXT-X-MEDIA",
          "EXT-X-SESSION-DATA",
          "EXT-X-SESSION-KEY",
          "EXT-X-CONTENT-STEERING");

  private final List<Line> lines;
  private final List<String> ends;

  HlsPlaylist(List<Line> lines, List<String> ends) {
    this.lines = List.copyOf(lines);
    this.ends = List.copyOf(ends);
  }

  /** Reads the remaining bytes. */
  public static HlsPlaylist read(ByteBuffer bytes) {
    if (bytes.remaining() > LONGEST) {
      throw new MalformedMedia("the playlist has more than " + LONGEST + " bytes");
    }
    String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    List<Line> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int feed = text.indexOf('\n', at);
      int end = feed < 0 ? text.length() : feed;
      int lineEnd = end > at && text.charAt(end - 1) == '\r' ? end - 1 : end;
      lines.add(Line.of(text.substring(at, lineEnd)));
      int next = feed < 0 ? end : end + 1;
      ends.add(text.substring(lineEnd, next));
      at = next;
    }
    String first = lines.isEmpty() ? "" : lines.getFirst().raw();
    if (!first.startsWith("#EXTM3U") && !first.startsWith("\u00ef\u00bb\u00bf#EXTM3U")) {
      throw new MalformedMedia("it is no playlist: its first line is not #EXTM3U");
    }
    return new HlsPlaylist(lines, ends);
  }

  /** Whether it lists variants rather than segments. */
  public boolean multivariant() {
    return lines.stream()
        .anyMatch(line -> line instanceof Line.Tag tag && OF_VARIANTS.contains(tag.name()));
  }

  /** As it is sent. */
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < lines.size(); i++) {
      out.writeBytes(lines.get(i).raw().getBytes(StandardCharsets.ISO_8859_1));
      out.writeBytes(ends.get(i).getBytes(StandardCharsets.ISO_8859_1));
    }
    return out.toByteArray();
  }

  /** The same with every address in it as {@code rewrite} wants it. */
  public HlsPlaylist rewritten(UriRewrite rewrite, Variables variables) {
    List<Line> changed = new ArrayList<>(lines.size());
    UriUse next = multivariant() ? UriUse.VARIANT : UriUse.SEGMENT;
    for (Line line : lines) {
      changed.add(
          switch (line) {
            case Line.Uri uri -> rewrite.of(uri, next, variables);
            case Line.Tag tag -> rewrite.of(tag, variables);
            case Line.Other other -> other;
          });
    }
    return new HlsPlaylist(changed, ends);
  }

  List<Line> lines() {
    return lines;
  }

  List<String> ends() {
    return ends;
  }

  /** Text of bytes that stand one in a character. */
  static String decoded(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) >= 0x80) {
        return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
    }
    return raw;
  }

  /** The bytes of a text, one in a character. */
  static String encoded(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }
}
