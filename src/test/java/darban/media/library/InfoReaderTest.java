package darban.media.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Fuzz;
import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.Span;
import darban.media.Tags;
import darban.testkit.Films;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InfoReaderTest {
  private static final String SOUND =
      "-f lavfi -i sine=frequency=330:duration=7:sample_rate=44100 ";
  private static final String TAGS =
      " -metadata title='روزی' -metadata artist=Someone -metadata album=Of -metadata track=3";
  private static final String COVER = "-f lavfi -i color=red:size=64x64 -frames:v 1";

  /** Reads a file as an upper floor would; the spans it asked for. */
  private static List<Span> read(InfoReader reader, byte[] file) {
    List<Span> asked = new ArrayList<>();
    while (!reader.wanted().isEmpty()) {
      for (Span span : reader.wanted()) {
        asked.add(span);
        reader.accept(
            span.offset(), ByteBuffer.wrap(file, (int) span.offset(), (int) span.length()).slice());
        assertTrue(asked.size() < 300, "an end to it");
      }
    }
    return asked;
  }

  private static MediaInfo info(byte[] file) {
    InfoReader reader = new InfoReader(file.length);
    read(reader, file);
    return reader.info();
  }

  private static String tracks(MediaInfo info) {
    return info.tracks().stream()
        .map(
            each -> each.codec() + " " + each.format().toString().replaceAll("(, sar.*|\\w+=)", ""))
        .collect(Collectors.joining(" + "));
  }

  /** How long, what tracks: and the length as ffprobe says it, to a twentieth of a second. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cbr.mp3      | -c:a libmp3lame -b:a 64k -ac 2               | mp3 Audio[2, 44100]       | audio/mpeg
          vbr.mp3      | -c:a libmp3lame -q:a 5 -ac 1                 | mp3 Audio[1, 44100]       | audio/mpeg
          plain.mp3    | -c:a libmp3lame -b:a 64k -ac 2 -write_xing 0 | mp3 Audio[2, 44100]       | audio/mpeg
          low.mp3      | -c:a libmp3lame -b:a 32k -ac 1 -ar 16000     | mp3 Audio[1, 16000]       | audio/mpeg
          old.mp3      | -c:a libmp3lame -b:a 64k -ac 2 -id3v2_version 3 -write_id3v1 1 | mp3 Audio[2, 44100] | audio/mpeg
          music.flac   | -c:a flac -ac 2                              | flac Audio[2, 44100]      | audio/flac; codecs="flac"
          music.ogg    | -c:a libvorbis -ac 2                         | vorbis Audio[2, 44100]    | audio/ogg; codecs="vorbis"
          music.opus   | -c:a libopus -ac 2                           | opus Audio[2, 48000]      | audio/ogg; codecs="opus"
          flac.oga     | -c:a flac -ac 1 -f oga                       | flac Audio[1, 44100]      | audio/ogg; codecs="flac"
          music.wav    | -c:a pcm_s16le -ac 2                         | 1 Audio[2, 44100]         | audio/wav
          music.m4a    | -c:a aac -ac 2                               | mp4a.40.2 Audio[2, 44100] | audio/mp4; codecs="mp4a.40.2"
          music.mka    | -c:a libopus -ac 2                           | opus Audio[2, 48000]      | audio/x-matroska; codecs="opus"
          """)
  void music_anyContainer_lengthTracksTags(
      String name, String options, String tracks, String mediaType) throws Exception {
    Path file = Films.make("library-" + name, SOUND + TAGS + " " + options);
    byte[] bytes = Files.readAllBytes(file);
    MediaInfo info = info(bytes);
    assertEquals(tracks, tracks(info));
    assertEquals(mediaType, info.mediaType());
    double seconds =
        Double.parseDouble(
            Films.ffprobe("-show_entries format=duration -of csv=p=0 " + file).strip());
    assertEquals(seconds, info.millis() / 1000.0, 0.05);
    assertEquals("روزی", info.tags().text("title").orElseThrow());
    assertEquals("Someone", info.tags().text("artist").orElseThrow());
    assertEquals("Of", info.tags().text("album").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mp3", "flac", "m4a", "mkv"})
  void cover_withinTheFile_toldByItsPlace(String ending) throws Exception {
    Path picture = Films.make("red.jpg", COVER);
    Path file =
        ending.equals("mkv")
            ? Films.make(
                "cover.mkv",
                SOUND + "-attach " + picture + " -metadata:s:t mimetype=image/jpeg -c:a libopus")
            : Films.make(
                "cover." + ending,
                SOUND
                    + "-i "
                    + picture
                    + " -map 0 -map 1 -c:v copy -disposition:v attached_pic"
                    + TAGS);
    byte[] bytes = Files.readAllBytes(file);
    Tags.Cover cover = info(bytes).tags().cover().orElseThrow();
    assertEquals("image/jpeg", cover.mediaType());
    int from = (int) cover.place().offset();
    byte[] found = Arrays.copyOfRange(bytes, from, (int) cover.place().end());
    assertArrayEquals(Files.readAllBytes(picture), found);
  }

  @Test
  void film_inMatroska_tracksCuesChapters() throws Exception {
    Path srt =
        Films.file(
            "library.srt",
            "1\n00:00:01,000 --> 00:00:02,000\nHi\n".getBytes(StandardCharsets.UTF_8));
    Path chapters =
        Films.file(
            "library.txt",
            ";FFMETADATA1\ntitle=Day\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=9000\ntitle=دوم\n"
                .getBytes(StandardCharsets.UTF_8));
    Path film =
        Films.make(
            "library.mkv",
            "-i "
                + Films.plain()
                + " -i "
                + srt
                + " -f ffmetadata -i "
                + chapters
                + " -map 0 -map 1 -map_metadata 2 -map_chapters 2 -c copy -c:s srt"
                + " -metadata:s:a language=per -metadata:s:s language=eng -metadata:s:s title=Mine");
    byte[] bytes = Files.readAllBytes(film);
    InfoReader reader = new InfoReader(bytes.length);
    List<Span> asked = read(reader, bytes);
    MediaInfo info = reader.info();
    assertTrue(asked.size() <= 4, asked + " of " + bytes.length);
    assertEquals(
        "avc1.64000b Video[160, 120 + mp4a.40.2 Audio[2, 48000] + srt Text[]", tracks(info));
    assertEquals(
        List.of("fa", "en"),
        info.tracks().stream().skip(1).map(MediaInfo.TrackInfo::language).toList());
    assertEquals("Mine", info.tracks().getLast().name());
    assertEquals(12.0, info.millis() / 1000.0, 0.1);
    assertEquals("Day", info.tags().text("title").orElseThrow());
    assertEquals("[Chapter[start=4000, title=دوم]]", info.chapters().toString());
    assertTrue(info.cues().millis().length >= 2);
    for (long offset : info.cues().offsets()) {
      assertEquals(0x1f43b675, ByteBuffer.wrap(bytes).getInt((int) offset), "a cluster is there");
    }
    assertEquals("video/x-matroska; codecs=\"avc1.64000b,mp4a.40.2\"", info.mediaType());
  }

  @Test
  void film_inWebm_isWebm() throws Exception {
    Path film =
        Films.make(
            "library.webm",
            "-f lavfi -i testsrc2=size=64x48:rate=10:duration=2 "
                + SOUND
                + "-shortest -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -ac 2");
    MediaInfo info = info(Files.readAllBytes(film));
    assertEquals("video/webm; codecs=\"vp9,opus\"", info.mediaType());
  }

  @Test
  void film_inMp4_isReadAsOne() throws Exception {
    byte[] bytes = Files.readAllBytes(Films.plain());
    MediaInfo info = info(bytes);
    assertEquals("video/mp4; codecs=\"avc1.64000b,mp4a.40.2\"", info.mediaType());
    assertEquals(12_000, info.millis());
    assertEquals(info.tracks(), InfoReader.of(MediaFile.of(bytes).movie()).tracks());
  }

  /** Tags as the years left them: bytes of a tag, and what they say. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"2.2, 2", "2.3, 3", "2.4, 4", "2.3 unsynchronised, 3"})
  void id3_everyVersion_titleAndCoverRead(String name, int version) {
    byte[] title = "\u0001\uFEFFسلام".getBytes(StandardCharsets.UTF_16LE);
    byte[] text = Arrays.copyOfRange(title, 1, title.length);
    text[0] = 1;
    ByteBuffer frames = ByteBuffer.allocate(400);
    frame(frames, version, version == 2 ? "TT2" : "TIT2", text);
    frame(
        frames,
        version,
        version == 2 ? "TP1" : "TPE1",
        concat(new byte[] {0}, "بهرام".getBytes(Charset.forName("windows-1256"))));
    String type = version == 2 ? "PNG" : "image/png\0";
    byte[] picture =
        concat(new byte[] {0}, (type + "\u0003x\0PIC").getBytes(StandardCharsets.ISO_8859_1));
    frame(frames, version, version == 2 ? "PIC" : "APIC", picture);
    byte[] content = Arrays.copyOf(frames.array(), frames.position());
    boolean unsynchronised = name.endsWith("ised");
    content = unsynchronised ? unsynchronised(content) : content;
    byte[] file = new byte[10 + content.length + 4 * 417];
    System.arraycopy("ID3".getBytes(StandardCharsets.US_ASCII), 0, file, 0, 3);
    file[3] = (byte) version;
    file[5] = (byte) (unsynchronised ? 0x80 : 0);
    file[8] = (byte) (content.length >> 7);
    file[9] = (byte) (content.length & 0x7f);
    System.arraycopy(content, 0, file, 10, content.length);
    for (int i = 0; i < 4; i++) {
      ByteBuffer.wrap(file).putInt(10 + content.length + i * 417, 0xfffb9044);
    }
    MediaInfo info = info(file);
    assertEquals("سلام", info.tags().text("title").orElseThrow());
    assertEquals("بهرام", info.tags().text("artist").orElseThrow());
    if (!unsynchronised) {
      Tags.Cover cover = info.tags().cover().orElseThrow();
      assertEquals("image/png", cover.mediaType());
      assertEquals(
          "PIC", new String(file, (int) cover.place().offset(), 3, StandardCharsets.US_ASCII));
      assertEquals(3, cover.place().length());
    }
    assertEquals(0.104, info.millis() / 1000.0, 0.001);
  }

  private static void frame(ByteBuffer out, int version, String id, byte[] content) {
    out.put(id.getBytes(StandardCharsets.US_ASCII));
    if (version == 2) {
      out.put((byte) 0).putShort((short) content.length);
    } else {
      out.putInt(content.length).putShort((short) 0);
    }
    out.put(content);
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] unsynchronised(byte[] content) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (int i = 0; i < content.length; i++) {
      out.write(content[i]);
      int next = i + 1 < content.length ? content[i + 1] & 0xff : 0;
      if (content[i] == -1 && (next >= 0xe0 || next == 0)) {
        out.write(0);
      }
    }
    return out.toByteArray();
  }

  @Test
  void cover_ofManyMegabytes_notFetched() throws Exception {
    byte[] music =
        Files.readAllBytes(
            Films.make(
                "library-untagged.mp3",
                SOUND + TAGS + " -c:a libmp3lame -b:a 64k -ac 2 -write_xing 0 -id3v2_version 0"));
    int picture = 5 << 20;
    int size = 10 + 14 + picture + 10 + 6;
    ByteBuffer file = ByteBuffer.allocate(10 + size + music.length);
    file.put("ID3".getBytes(StandardCharsets.US_ASCII)).put((byte) 3).putShort((short) 0);
    file.put((byte) (size >> 21)).put((byte) (size >> 14 & 0x7f));
    file.put((byte) (size >> 7 & 0x7f)).put((byte) (size & 0x7f));
    frame(
        file,
        3,
        "APIC",
        concat("\0image/jpeg\0\u0003\0".getBytes(StandardCharsets.ISO_8859_1), new byte[picture]));
    frame(file, 3, "TIT2", "\0Late".getBytes(StandardCharsets.ISO_8859_1));
    file.put(music);
    InfoReader reader = new InfoReader(file.capacity());
    long fetched = read(reader, file.array()).stream().mapToLong(Span::length).sum();
    assertEquals("Late", reader.info().tags().text("title").orElseThrow());
    assertEquals(picture, reader.info().tags().cover().orElseThrow().place().length());
    assertTrue(fetched < 200_000, fetched + " bytes fetched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"This is a text and no music at all.", "RIFF....AVI LIST....hdrlavih.....", "x"})
  void file_ofAnotherKind_refused(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    assertThrows(MalformedMedia.class, () -> info(bytes));
  }

  @Test
  void files_changedAtRandom_refusedOrRead() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (String name : "vbr.mp3 music.flac music.ogg music.opus music.wav music.mka".split(" ")) {
      String codec =
          name.endsWith("mp3") ? "-q:a 9 -ac 1" : name.endsWith("wav") ? "-ac 1 -ar 8000" : "-ac 1";
      seeds.add(Files.readAllBytes(Films.make("fuzz-" + name, SOUND + TAGS + " -t 1 " + codec)));
    }
    seeds.add(Files.readAllBytes(Films.make("fuzz.mkv", "-i " + Films.plain() + " -t 1 -c copy")));
    Fuzz.run(Integer.getInteger("darban.rounds", 4000), 3000, seeds, InfoReaderTest::info);
  }
}
