package darban.media.library;

import darban.media.Cursor;
import darban.media.Language;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.mp4.AudioSpecificConfig;
import darban.media.mp4.AvcConfig;
import darban.media.mp4.CodecName;
import darban.media.mp4.Format;
import java.nio.ByteBuffer;
import java.util.Map;

/** Reads a track of Matroska (RFC 9559 §5.1.4). One for each; confined to one thread. */
final class MatroskaTrack {
  private static final int VIDEO = 1;
  private static final int AUDIO = 2;
  private static final int SUBTITLES = 17;
  private static final Map<String, String> CODECS =
      Map.ofEntries(
          Map.entry("V_VP8", "vp8"),
          Map.entry("V_VP9", "vp9"),
          Map.entry("V_THEORA", "theora"),
          Map.entry("A_OPUS", "opus"),
          Map.entry("A_VORBIS", "vorbis"),
          Map.entry("A_FLAC", "flac"),
          Map.entry("A_AC3", "ac-3"),
          Map.entry("A_EAC3", "ec-3"),
          Map.entry("A_MPEG/L3", "mp3"),
          Map.entry("A_MPEG/L2", "mp2"),
          Map.entry("A_DTS", "dts"),
          Map.entry("S_TEXT/UTF8", "srt"),
          Map.entry("S_TEXT/WEBVTT", "wvtt"),
          Map.entry("S_TEXT/ASS", "ass"));

  private int type;
  private String codecId = "";
  private ByteBuffer config = ByteBuffer.allocate(0);
  private String language = "en";
  private boolean tagged;
  private String name = "";
  private boolean chosen = true;
  private int width;
  private int height;
  private int channels = 1;
  private int rate = 8000;

  private MatroskaTrack() {}

  static TrackInfo read(Cursor in) {
    MatroskaTrack track = new MatroskaTrack();
    for (Element each : Element.in(in)) {
      track.take(each);
    }
    return track.info();
  }

  private void take(Element each) {
    switch (each.id()) {
      case 0x83 -> type = (int) each.number();
      case 0x86 -> codecId = each.text();
      case 0x63a2 -> config = each.content().rest();
      case 0x22b59c -> language = tagged ? language : Language.tag(each.text());
      case 0x22b59d -> {
        language = each.text();
        tagged = true;
      }
      case 0x536e -> name = each.text();
      case 0x88 -> chosen = each.number() != 0;
      case 0xe0, 0xe1 -> Element.in(each.content()).forEach(this::take);
      case 0xb0 -> width = (int) Math.min(each.number(), 1 << 20);
      case 0xba -> height = (int) Math.min(each.number(), 1 << 20);
      case 0x9f -> channels = (int) Math.min(each.number(), 255);
      case 0xb5 -> rate = (int) each.decimal();
      default -> {}
    }
  }

  private TrackInfo info() {
    Format format =
        switch (type) {
          case VIDEO -> new Format.Video(width, height, 1, 1, 0, Format.VideoRange.SDR);
          case AUDIO -> new Format.Audio(channels, rate);
          case SUBTITLES -> new Format.Text();
          default -> new Format.Other();
        };
    return new TrackInfo(codec(), format, language, name, chosen);
  }

  private String codec() {
    if (config.hasRemaining()) {
      switch (codecId) {
        case "V_MPEG4/ISO/AVC" -> {
          return "avc1." + AvcConfig.read(config).name();
        }
        case "V_MPEGH/ISO/HEVC" -> {
          return CodecName.hevc("hvc1", config);
        }
        case "V_AV1" -> {
          return CodecName.av1(config);
        }
        case "A_AAC" -> {
          return AudioSpecificConfig.read(config).name();
        }
        default -> {}
      }
    }
    return CODECS.getOrDefault(codecId, codecId);
  }
}
