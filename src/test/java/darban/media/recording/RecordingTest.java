package darban.media.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.Frames;
import darban.media.MediaFile;
import darban.media.Piece;
import darban.media.Pieces;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MediaPlaylist;
import darban.media.hls.Micros;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Segment;
import darban.media.hls.Variant;
import darban.media.recording.Recording.Options;
import darban.media.recording.Recording.Stream;
import darban.media.text.Subtitles;
import darban.testkit.Films;
import io.lindstrom.m3u8.parser.MasterPlaylistParser;
import io.lindstrom.m3u8.parser.MediaPlaylistParser;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordingTest {
  @TempDir Path folder;
  private final List<MediaFile> files = new ArrayList<>();

  private Recording recording(Options options, Path... films) throws Exception {
    for (Path film : films) {
      files.add(MediaFile.open(film));
    }
    return Recording.of(files.stream().map(MediaFile::movie).toList(), List.of(), options);
  }

  private byte[] bytes(Pieces pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Piece piece : pieces.list()) {
      out.writeBytes(
          switch (piece) {
            case Piece.Made made -> MediaFile.bytes(made.bytes());
            case Piece.Range range -> MediaFile.bytes(files.get(range.file()).read(range.span()));
          });
    }
    assertEquals(pieces.length(), out.size());
    return out.toByteArray();
  }

  private byte[] answer(Recording recording, String name) {
    return bytes(recording.answer(name).orElseThrow(() -> new AssertionError(name)).pieces());
  }

  private static HlsPlaylist playlist(byte[] bytes) {
    return HlsPlaylist.read(ByteBuffer.wrap(bytes));
  }

  /** Writes all that can be asked for into the folder, as a mirror of the recording would. */
  private void mirror(Recording recording) throws Exception {
    write("master.m3u8", answer(recording, "master.m3u8"));
    write("manifest.mpd", answer(recording, "manifest.mpd"));
    for (Stream stream : recording.streams()) {
      Files.createDirectories(folder.resolve(stream.name()));
      write(stream.name() + "/init.mp4", answer(recording, stream.name() + "/init.mp4"));
      List<String> names = new ArrayList<>(List.of(stream.name() + ".m3u8"));
      if (stream.track().isVideo()) {
        names.add(stream.name() + "-frames.m3u8");
      }
      for (String name : names) {
        byte[] bytes = answer(recording, name);
        write(name, bytes);
        for (Segment segment : MediaPlaylist.of(playlist(bytes)).segments()) {
          write(segment.uri(), answer(recording, segment.uri()));
        }
      }
    }
  }

  private void write(String name, byte[] bytes) throws Exception {
    Files.write(folder.resolve(name), bytes);
  }

  private static Path small() throws Exception {
    return Films.make(
        "small.mp4",
        "-i "
            + Films.plain()
            + " -map 0 -c:a copy -vf scale=80:60 -c:v libx264 -preset veryfast"
            + " -b:v 30k -g 25 -keyint_min 25 -sc_threshold 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v0.m3u8", "manifest.mpd"})
  void pictures_playedAsAList_areThoseOfTheFile(String name) throws Exception {
    mirror(recording(Options.DEFAULT, Films.plain()));
    List<Frames> wanted = Frames.of("-i " + Films.plain(), "0:v", 0);
    Frames.assertSame(wanted, Frames.of("-i " + folder.resolve(name), "0:v", 0), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a0.m3u8", "manifest.mpd"})
  void sound_playedAsAList_isThatOfTheFile(String name) throws Exception {
    mirror(recording(Options.DEFAULT, Films.plain()));
    List<Frames> wanted = Frames.of("-i " + Films.plain(), "0:a", 0.1);
    Frames.assertSame(wanted, Frames.of("-i " + folder.resolve(name), "0:a", 0.1), 0);
  }

  @Test
  void master_playedByFfmpeg_hasPicturesAndSoundInStep() throws Exception {
    mirror(recording(Options.DEFAULT, small(), Films.plain()));
    String told =
        Films.ffprobe(
            "-show_entries stream=codec_name,width,start_time -of csv=p=0 "
                + folder.resolve("master.m3u8"));
    List<String> lines = told.lines().filter(line -> !line.isEmpty()).sorted().distinct().toList();
    // The encoder's priming lies before zero, as it does in the file.
    assertEquals(List.of("aac,-0.021333", "h264,160,0.000000", "h264,80,0.000000"), lines);
  }

  @Test
  void bitRates_ofTwoFiles_areOneAlignedSet() throws Exception {
    Recording recording = recording(Options.DEFAULT, Films.plain(), small());
    assertTrue(recording.aligned());
    assertEquals(
        List.of("v0", "a0", "v1"), recording.streams().stream().map(Stream::name).toList());
    MultivariantPlaylist master =
        MultivariantPlaylist.of(playlist(answer(recording, "master.m3u8")));
    assertEquals(
        List.of("v0.m3u8", "v1.m3u8"), master.variants().stream().map(Variant::uri).toList());
    assertEquals(1, master.renditions().size());
    assertEquals(2, master.iFrames().size());
    new MasterPlaylistParser()
        .readPlaylist(new String(master.playlist().bytes(), StandardCharsets.UTF_8));
    String manifest = new String(answer(recording, "manifest.mpd"), StandardCharsets.UTF_8);
    assertEquals(2, manifest.split("<AdaptationSet").length - 1);
    assertEquals(3, manifest.split("<Representation").length - 1);
    Recording slow = recording(new Options(4000, 1, ""), Films.plain(), small());
    assertEquals(
        "v1.m3u8",
        MultivariantPlaylist.of(playlist(answer(slow, "master.m3u8"))).variants().getFirst().uri());
  }

  @Test
  void segments_ofWholeMillis_areShorterThanTheManifestSays() throws Exception {
    Recording recording = recording(Options.DEFAULT, Films.plain("silent.mp4", "-an"));
    String manifest = new String(answer(recording, "manifest.mpd"), StandardCharsets.UTF_8);
    assertTrue(manifest.contains("maxSegmentDuration=\"PT4.001S\""), manifest);
  }

  /** What the rules for playlists say of every one of ours (RFC 8216bis §4.4, §6.2). */
  @ParameterizedTest(name = "segments of {0} ms")
  @CsvSource({"1000", "4000", "6000", "20000"})
  void playlists_always_keepTheRules(int millis) throws Exception {
    Recording recording = recording(new Options(millis, 1, ""), Films.plain(), small());
    MultivariantPlaylist master =
        MultivariantPlaylist.of(playlist(answer(recording, "master.m3u8")));
    for (Stream stream : recording.streams()) {
      byte[] bytes = answer(recording, stream.name() + ".m3u8");
      new MediaPlaylistParser().readPlaylist(new String(bytes, StandardCharsets.UTF_8));
      MediaPlaylist list = MediaPlaylist.of(playlist(bytes));
      long target = list.header().targetSeconds() * Micros.SECOND;
      double peak = 0;
      for (Segment segment : list.segments()) {
        assertTrue(segment.micros() <= target && segment.micros() > 0, "no longer than the target");
        int size = answer(recording, segment.uri()).length;
        if (segment.micros() * 2 > target) {
          peak = Math.max(peak, 8e6 * size / segment.micros());
        }
      }
      assertTrue(stream.segments().bitRate().peak() >= peak, "BANDWIDTH covers every segment");
      assertEquals(12.0, list.micros() / 1e6, 0.03, "as long as the film");
    }
    for (Variant variant : master.variants()) {
      assertEquals("avc1.", variant.codecs().substring(0, 5));
      assertTrue(variant.codecs().endsWith(",mp4a.40.2"));
      assertTrue(variant.bandwidth() >= variant.averageBandwidth());
      assertTrue(
          master.renditions().stream().anyMatch(each -> each.group().equals(variant.audio())));
    }
  }

  @Test
  void frames_skimmedThrough_areTheSyncSamples() throws Exception {
    mirror(recording(Options.DEFAULT, Films.plain()));
    List<Frames> wanted = Frames.of("-skip_frame nokey -i " + Films.plain(), "0:v", 0);
    List<Frames> found = Frames.of("-i " + folder.resolve("v0-frames.m3u8"), "0:v", 0);
    assertEquals(6, found.size());
    Frames.assertSame(wanted, found, 0);
  }

  @Test
  void sound_inTwoLanguages_canBeChosen() throws Exception {
    Path film =
        Films.plain(
            "languages.mp4",
            "-map 0:a -metadata:s:a:0 language=eng -metadata:s:a:1 language=fas"
                + " -disposition:a:0 0 -disposition:a:1 default");
    MultivariantPlaylist master =
        MultivariantPlaylist.of(playlist(answer(recording(Options.DEFAULT, film), "master.m3u8")));
    assertEquals(
        List.of("en false a0.m3u8", "fa true a1.m3u8"),
        master.renditions().stream()
            .map(each -> each.language() + " " + each.isDefault() + " " + each.uri())
            .toList());
  }

  @Test
  void sound_alone_isAVariant() throws Exception {
    Path film = Films.plain("only-sound.m4a", "-vn");
    Recording recording = recording(Options.DEFAULT, film);
    mirror(recording);
    MultivariantPlaylist master =
        MultivariantPlaylist.of(playlist(answer(recording, "master.m3u8")));
    assertEquals("a0.m3u8", master.variants().getFirst().uri());
    assertEquals("mp4a.40.2", master.variants().getFirst().codecs());
    String told =
        Films.ffprobe(
            "-show_entries stream=codec_name -of csv=p=0 " + folder.resolve("master.m3u8"));
    assertTrue(told.startsWith("aac"), told);
  }

  @Test
  void segments_encrypted_byTheKeyInThePlaylist() throws Exception {
    Recording recording = recording(new Options(4000, 1, "key.bin"), Films.plain());
    mirror(recording);
    byte[] key = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    write("key.bin", key);
    int count = recording.streams().getFirst().segments().count();
    for (int i = 0; i < count; i++) {
      byte[] number = ByteBuffer.allocate(16).putLong(8, i).array();
      javax.crypto.Cipher cipher = javax.crypto.Cipher.getInstance("AES/CBC/PKCS5Padding");
      cipher.init(
          javax.crypto.Cipher.ENCRYPT_MODE,
          new javax.crypto.spec.SecretKeySpec(key, "AES"),
          new javax.crypto.spec.IvParameterSpec(number));
      Path segment = folder.resolve("v0/" + i + ".m4s");
      Files.write(segment, cipher.doFinal(Files.readAllBytes(segment)));
    }
    List<Frames> wanted = Frames.of("-i " + Films.plain(), "0:v", 0);
    String input = "-copyts -allowed_extensions ALL -i " + folder.resolve("v0.m3u8");
    Frames.assertSame(wanted, Frames.of(input, "0:v", 0), 0);
  }

  @Test
  void transportStreams_forOldPlayers_ofWhatTheyKnow() throws Exception {
    Recording recording = recording(Options.DEFAULT, Films.plain(), small());
    MultivariantPlaylist master = MultivariantPlaylist.of(playlist(answer(recording, "ts.m3u8")));
    assertEquals(
        List.of("v0-ts.m3u8", "v1-ts.m3u8"), master.variants().stream().map(Variant::uri).toList());
    MediaPlaylist list = MediaPlaylist.of(playlist(answer(recording, "v1-ts.m3u8")));
    for (Segment segment : list.segments()) {
      Recording.Transport transport = recording.transport(segment.uri()).orElseThrow();
      assertEquals(List.of("v1", "a0"), transport.streams().stream().map(Stream::name).toList());
      assertEquals(2, transport.segments().size());
    }
    assertTrue(recording.transport("v1/9.ts").isEmpty());
    assertTrue(recording.transport("v2/0.ts").isEmpty());
    assertTrue(recording.transport("v0/0.m4s").isEmpty());
    Path opus = Films.make("named-opus.mp4", "-f lavfi -i sine=duration=2 -c:a libopus -ac 2");
    files.clear();
    Recording modern = recording(Options.DEFAULT, opus);
    assertTrue(modern.answer("ts.m3u8").isEmpty());
    assertTrue(modern.answer("a0-ts.m3u8").isEmpty());
    assertTrue(modern.transport("a0/0.ts").isEmpty());
  }

  @Test
  void film_thatBeginsLate_beginsAtZero() throws Exception {
    Path film =
        Films.plain(
            "late.mp4",
            "-output_ts_offset 5000 -movflags +frag_keyframe+empty_moov+default_base_moof");
    Recording recording = recording(Options.DEFAULT, film);
    double first = 1;
    for (Stream stream : recording.streams()) {
      first = Math.min(first, (double) stream.segments().start(0) / stream.segments().timescale());
    }
    assertEquals(0, first, 0.001);
    assertEquals(12.0, recording.millis() / 1000.0, 0.1);
  }

  /**
   * What begins later than the rest: its first picture stands still, or it is silent, until then.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          late-pictures.mp4 | v0 | 0.7 | -itsoffset 0.7 -i FILM -i FILM -map 0:v -map 1:a -c copy
          late-stereo.mp4   | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a aac -ac 2
          late-mono.mp4     | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a aac -ac 1
          late-quad.mp4     | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a aac -ac 4
          late-five.mp4     | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a aac -ac 6
          late-opus.mp4     | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a libopus -ac 2 -strict -2
          mono-opus.mp4     | a0 | 1.5 | -i FILM -itsoffset 1.5 -i FILM -map 0:v -map 1:a -c:v copy -c:a libopus -ac 1 -strict -2
          """)
  void track_thatBeginsLate_isPlayedFromZero(String name, String track, double late, String made)
      throws Exception {
    Path film = Films.make(name, made.replace("FILM", Films.plain().toString()));
    Recording recording = recording(Options.DEFAULT, film);
    mirror(recording);
    for (Stream stream : recording.streams()) {
      assertEquals(0, stream.segments().start(0), stream.name());
    }
    boolean picture = track.startsWith("v");
    List<Frames> seen = Frames.of("-i " + folder.resolve(track + ".m3u8"), "0:0", 0);
    assertEquals(0, seen.getFirst().time(), 0.03);
    List<Frames> before = seen.stream().filter(each -> each.time() < late - 0.1).toList();
    assertEquals(1, before.stream().map(Frames::hash).distinct().count());
    assertEquals(picture, before.size() == 1);
    // What was there is where it was.
    List<Frames> wanted = Frames.of("-i " + film, picture ? "0:v" : "0:a", late + 0.1);
    Frames.assertSame(
        wanted, Frames.of("-i " + folder.resolve(track + ".m3u8"), "0:0", late + 0.1), 0);
  }

  @Test
  void subtitles_offeredBeside_inSegmentsAndWhole() throws Exception {
    MediaFile file = MediaFile.open(Films.plain());
    files.add(file);
    String srt = "1\n00:00:01,000 --> 00:00:02,000\nسلام\n";
    Subtitles subtitles = Subtitles.read(srt.getBytes(StandardCharsets.UTF_8));
    Recording recording =
        Recording.of(
            List.of(file.movie()),
            List.of(new Recording.Text("fa", "فارسی", subtitles)),
            Options.DEFAULT);
    MultivariantPlaylist master =
        MultivariantPlaylist.of(playlist(answer(recording, "master.m3u8")));
    assertEquals("subtitles", master.variants().getFirst().subtitles());
    assertEquals("s0.m3u8", master.renditions().getLast().uri());
    MediaPlaylist list = MediaPlaylist.of(playlist(answer(recording, "s0.m3u8")));
    assertEquals("s0/0.vtt", list.segments().getFirst().uri());
    assertEquals(12_000_000, list.micros());
    assertTrue(new String(answer(recording, "s0/0.vtt"), StandardCharsets.UTF_8).contains("سلام"));
    assertFalse(new String(answer(recording, "s0/1.vtt"), StandardCharsets.UTF_8).contains("سلام"));
    MediaPlaylist pictures = MediaPlaylist.of(playlist(answer(recording, "v0.m3u8")));
    assertEquals(
        pictures.segments().stream().map(Segment::micros).toList(),
        list.segments().stream().map(Segment::micros).toList());
    assertTrue(recording.answer("s0/" + pictures.segments().size() + ".vtt").isEmpty());
    mirror(recording);
    write("s0.vtt", answer(recording, "s0.vtt"));
    String told =
        Films.ffmpeg(
            "-copyts -allowed_extensions ALL -i "
                + folder.resolve("manifest.mpd")
                + " -map 0:s -f srt -");
    assertTrue(told.contains("00:00:01,000 --> 00:00:02,000\nسلام"), told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s0.m3u8",
        "s",
        "s0",
        "s00.vtt",
        "",
        "x",
        "v1.m3u8",
        "v0/3.m4s",
        "v0/00.m4s",
        "v0/-1.m4s",
        "v0/1.m4s/",
        "a0-frames.m3u8",
        "a0/frame-0.m4s",
        "v0/frame-6.m4s",
        "v0/9999999999.m4s",
        "v0/init.mp4x",
        "/v0.m3u8"
      })
  void name_ofNothing_hasNoAnswer(String name) throws Exception {
    assertTrue(recording(Options.DEFAULT, Films.plain()).answer(name).isEmpty());
  }

  @Test
  void pieces_ofASegment_readInFewSpans() throws Exception {
    Recording recording = recording(Options.DEFAULT, Films.plain());
    Pieces pieces = recording.answer("v0/1.m4s").orElseThrow().pieces();
    long ranges = pieces.list().stream().filter(Piece.Range.class::isInstance).count();
    assertTrue(pieces.reads(0, 4096).size() <= ranges);
    assertEquals(1, pieces.reads(0, 1 << 20).size());
    byte[] all = bytes(pieces);
    for (int from : IntStream.of(0, 1, 100, 700, all.length - 1).toArray()) {
      for (int to : IntStream.of(from, from + 1, all.length).toArray()) {
        assertEquals(
            ByteBuffer.wrap(all, from, to - from), ByteBuffer.wrap(bytes(pieces.slice(from, to))));
      }
    }
  }
}
