package darban.media.text;

import darban.media.Cursor;
import darban.media.MalformedMedia;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads samples of 3GPP timed text, as MP4 files carry subtitles ({@code tx3g}). Pure. */
public final class TimedText {
  private TimedText() {}

  /** The cue of a sample that is shown between two times in milliseconds; none if it is empty. */
  public static Optional<Cue> cue(ByteBuffer sample, long start, long end) {
    Cursor in = Cursor.over(sample, "timed text");
    int length = in.u16();
    boolean utf16 = length >= 2 && in.remaining() >= 2 && in.duplicate().u16() == 0xfeff;
    if (length > in.remaining()) {
      throw new MalformedMedia("timed text: ends too soon");
    }
    String text = in.text(length, utf16 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8);
    // What looks like a tag is none here.
    String clean = CueText.clean(text.replace("&", "&amp;").replace("<", "&lt;"));
    return clean.isEmpty() || end <= start
        ? Optional.empty()
        : Optional.of(new Cue("", start, end, "", clean));
  }
}
