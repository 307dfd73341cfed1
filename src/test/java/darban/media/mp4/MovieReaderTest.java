package darban.media.mp4;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.media.MalformedMedia;
import darban.media.MediaFile;
import darban.media.Tags;
import darban.testkit.Films;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sample tables held against the packets that ffprobe finds, and how little is read for them. */
class MovieReaderTest {
  /** Every sample as ffprobe says it: pts, dts, size, place, whether it is a sync sample. */
  private static List<String> packets(Path film, int stream)
      throws IOException, InterruptedException {
    String out =
        Films.ffprobe(
            "-ignore_editlist 1 -select_streams "
                + stream
                + " -show_entries packet=pts,dts,size,pos,flags -of csv=p=0 -i "
                + film);
    return out.lines().map(line -> line.replaceAll(",(K?)[_D]*,?$", ",$1")).toList();
  }

  private static List<String> samples(Track track) {
    List<String> lines = new ArrayList<>();
    SampleTable samples = track.samples();
    SampleTable.Walk at = samples.walk(0);
    for (int i = 0; i < samples.count(); i++, at.next()) {
      assertEquals(i, at.sample());
      assertEquals(at.decodeTime(), samples.decodeTime(i));
      assertEquals(at.offset(), samples.offset(i));
      assertEquals(at.isSync(), samples.isSync(i));
      assertEquals(at.composition(), samples.composition(i));
      lines.add(
          "%d,%d,%d,%d,%s"
              .formatted(
                  samples.shownAt(i),
                  at.decodeTime(),
                  at.size(),
                  at.offset(),
                  at.isSync() ? "K" : ""));
    }
    return lines;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain.mp4      |                                                              | 2
          front.mp4      | -movflags +faststart                                         | 2
          plain.mov      |                                                              | 2
          fragments.mp4  | -movflags +frag_keyframe+empty_moov+default_base_moof        | 9
          old-frags.mp4  | -movflags +frag_keyframe+empty_moov                          | 9
          indexed.mp4    | -movflags +dash+global_sidx -frag_duration 1000000           | 14
          tiny-frags.mp4 | -movflags +frag_every_frame+empty_moov+default_base_moof     | 2000
          hybrid.mp4     | -movflags +frag_keyframe                                     | 9
          """)
  void samples_anyLayout_asFfprobeSays(String name, String options, int mostSpans)
      throws Exception {
    Path film =
        name.equals("plain.mp4")
            ? Films.plain()
            : Films.plain(name, options == null ? "" : options);
    MediaFile file = MediaFile.open(film);
    Movie movie = file.movie();
    assertEquals(2, movie.tracks().size());
    for (int i = 0; i < 2; i++) {
      assertEquals(packets(film, i), samples(movie.tracks().get(i)), "track " + i);
    }
    assertTrue(file.asked().size() <= mostSpans, () -> file.asked().size() + " spans");
    assertEquals(12.0, movie.millis() / 1000.0, 0.1);
  }

  private static final String SHORT = "-f lavfi -i testsrc2=size=160x120:rate=25:duration=2 ";
  private static final String SINE = "-f lavfi -i sine=frequency=330:duration=2 ";

  /** How tracks are named and shaped; the names of H.264 are those that its own bytes say. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          avc.mp4    | SHORT -c:v libx264 -profile:v main -level 3.1 -pix_fmt yuv420p | avc1.4d401f | 160x120 1:1 25.0 0
          high.mp4   | SHORT -c:v libx264 -profile:v high -level 4.0 -pix_fmt yuv420p | avc1.640028 | 160x120 1:1 25.0 0
          wide.mp4   | SHORT -vf setsar=4/3 -c:v libx264 -profile:v main -level 3.1 -pix_fmt yuv420p | avc1.4d401f | 160x120 4:3 25.0 0
          ntsc.mp4   | SHORT -r 30000/1001 -c:v libx264 -profile:v main -level 3.1 -pix_fmt yuv420p | avc1.4d401f | 160x120 1:1 29.97 0
          hevc.mp4   | SHORT -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p -tag:v hvc1 | hvc1.1.6.L30.90 | 160x120 1:1 25.0 0
          hevc10.mp4 | SHORT -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10 -tag:v hev1 | hev1.2.4.L30.90 | 160x120 1:1 25.0 0
          av1.mp4    | SHORT -c:v libsvtav1 -preset 12 | av01.0.00M.08 | 160x120 1:1 25.0 0
          vp9.mp4    | SHORT -c:v libvpx-vp9 -deadline realtime -cpu-used 8 | vp09.00.10.08 | 160x120 1:1 25.0 0
          mpeg4.mp4  | SHORT -c:v mpeg4 | mp4v.20 | 160x120 1:1 25.0 0
          aac.mp4    | SINE -c:a aac -ac 2 | mp4a.40.2 | 2 44100
          aac51.mp4  | SINE -c:a aac -ac 6 | mp4a.40.2 | 6 44100
          aac.mov    | SINE -c:a aac -ac 1 | mp4a.40.2 | 1 44100
          opus.mp4   | SINE -c:a libopus -ac 2 | opus | 2 48000
          flac.mp4   | SINE -c:a flac -strict -2 -ac 2 | flac | 2 44100
          ac3.mp4    | SINE -c:a ac3 -ac 6 -ar 48000 | ac-3 | 6 48000
          eac3.mp4   | SINE -c:a eac3 -ac 6 -ar 48000 | ec-3 | 6 48000
          mp3.mp4    | SINE -c:a libmp3lame -ac 2 | mp4a.6B | 2 44100
          pcm.mov    | SINE -c:a pcm_s16le -ac 2 | sowt | 2 44100
          alac.m4a   | SINE -c:a alac -ac 2 | alac | 2 44100
          """)
  void track_anyCodec_namedAndShaped(String name, String made, String codec, String shape)
      throws Exception {
    Path film = Films.make("named-" + name, made.replace("SHORT", SHORT).replace("SINE", SINE));
    Track track = MediaFile.open(film).movie().tracks().getFirst();
    assertEquals(codec, track.codec().name());
    String found =
        switch (track.format()) {
          case Format.Video video ->
              "%dx%d %d:%d %s %d"
                  .formatted(
                      video.width(),
                      video.height(),
                      video.sarWidth(),
                      video.sarHeight(),
                      Math.round(track.frameRate() * 100) / 100.0,
                      video.rotation());
          case Format.Audio audio -> audio.channels() + " " + audio.rate();
          default -> "?";
        };
    assertEquals(shape, found);
  }

  @Test
  void labels_languagesTagsChaptersCover_read() throws Exception {
    Path chapters =
        Films.file(
            "chapters.txt",
            """
            ;FFMETADATA1
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=1000
            title=سرآغاز
            [CHAPTER]
            TIMEBASE=1/1000
            START=1000
            END=2000
            title=Rest
            """
                .getBytes(StandardCharsets.UTF_8));
    Path srt =
        Films.file(
            "s.srt", "1\n00:00:00,000 --> 00:00:01,000\nHi\n".getBytes(StandardCharsets.UTF_8));
    Path cover = Films.make("cover.jpg", "-f lavfi -i color=red:size=32x32 -frames:v 1");
    Path film =
        Films.make(
            "labels.mp4",
            SHORT
                + SINE
                + SINE
                + "-i "
                + srt
                + " -f ffmetadata -i "
                + chapters
                + " -i "
                + cover
                + " -map 0 -map 1 -map 2 -map 3 -map 5 -map_metadata 4 -map_chapters 4 -shortest"
                + " -c:v libx264 -c:a aac -c:s mov_text -c:v:1 copy -disposition:v:1 attached_pic"
                + " -metadata:s:1 language=eng -metadata:s:2 language=fas"
                + " -metadata:s:3 language=per -metadata title='A day' -metadata artist=Someone");
    MediaFile file = MediaFile.open(film);
    Movie movie = file.movie();
    assertEquals(
        List.of("en", "fa"),
        movie.audios().stream().map(each -> each.labels().language()).toList());
    assertEquals("tx3g", movie.texts().getFirst().codec().name());
    assertEquals("A day", movie.tags().texts().get("title"));
    assertEquals("Someone", movie.tags().texts().get("artist"));
    assertEquals(
        List.of(new Movie.Chapter(0, "سرآغاز"), new Movie.Chapter(1000, "Rest")), movie.chapters());
    Tags.Cover found = movie.tags().cover().orElseThrow();
    assertEquals("image/jpeg", found.mediaType());
    assertEquals(ByteBuffer.wrap(Files.readAllBytes(cover)), file.read(found.place()));
  }

  @Test
  void rotation_ofAPhone_read() throws Exception {
    Path film =
        Films.make("turned.mp4", "-i " + Films.plain() + " -c copy -metadata:s:v rotate=90");
    Format.Video video = (Format.Video) MediaFile.open(film).movie().tracks().getFirst().format();
    String told =
        Films.ffprobe(
            "-show_entries stream_side_data=rotation -of csv=p=0 -select_streams v " + film);
    // What ffprobe says is against the clock.
    assertEquals(Math.floorMod(-Integer.parseInt(told.strip()), 360), video.rotation());
    assertTrue(video.rotation() == 90 || video.rotation() == 270);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1000 | it has no head
          -1   | no MP4
          -2   | the file is cut
          -3   | beyond the limit
          -4   | too short
          """)
  void file_thatIsNone_saysWhy(int how, String why) throws Exception {
    byte[] good = Files.readAllBytes(Films.plain("front.mp4", "-movflags +faststart"));
    byte[] broken =
        switch (how) {
          case -1 -> "This is no film, but a text of some length.".getBytes(StandardCharsets.UTF_8);
          case -2 -> Arrays.copyOf(good, good.length - 1000);
          case -3 -> good;
          case -4 -> new byte[3];
          default -> Arrays.copyOf(Files.readAllBytes(Films.plain()), 50_000);
        };
    MovieLimits limits = how == -3 ? new MovieLimits(500, 500, 10, 10) : MovieLimits.DEFAULT;
    MalformedMedia thrown =
        assertThrows(
            MalformedMedia.class,
            () -> MediaFile.of(broken).read(new MovieReader(broken.length, limits)));
    assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
  }

  @Test
  void picture_shownFarAway_isNonsense_butNotTheLastTwo() {
    byte[] head = SyntheticMovie.begin().pictures(100, true, 0).head();
    int rows = new String(head, StandardCharsets.ISO_8859_1).indexOf("ctts") + 12;
    ByteBuffer.wrap(head).putInt(rows + 98 * 8 + 4, Integer.MIN_VALUE);
    assertEquals(100, SyntheticMovie.read(head).videos().getFirst().samples().count());
    ByteBuffer.wrap(head).putInt(rows + 97 * 8 + 4, 1 << 29);
    MalformedMedia thrown = assertThrows(MalformedMedia.class, () -> SyntheticMovie.read(head));
    assertTrue(thrown.getMessage().contains("far away"), thrown.getMessage());
  }

  @Test
  void box_thatClaimsMoreThanAnyFile_endsTheWalk() {
    BoxWriter out = new BoxWriter(100);
    out.open("ftyp").fourCc("isom").u32(0).close();
    out.u32(1).fourCc("mdat").u64(Long.MAX_VALUE).zeros(100);
    byte[] bytes = MediaFile.bytes(out.written());
    MalformedMedia thrown = assertThrows(MalformedMedia.class, () -> MediaFile.of(bytes).movie());
    assertTrue(thrown.getMessage().contains("no head"), thrown.getMessage());
  }

  @Test
  void recording_brokenOff_hasAllWholeFragments() throws Exception {
    byte[] whole =
        Files.readAllBytes(
            Films.plain("fragments.mp4", "-movflags +frag_keyframe+empty_moov+default_base_moof"));
    Movie movie = MediaFile.of(Arrays.copyOf(whole, whole.length * 2 / 3)).movie();
    int samples = movie.tracks().getFirst().samples().count();
    assertTrue(samples > 100 && samples < 250 && samples % 50 == 0, samples + " samples");
  }

  @Test
  void index_wrong_walkedAllTheSame() throws Exception {
    Path film = Films.plain("indexed.mp4", "-movflags +dash+global_sidx -frag_duration 1000000");
    byte[] bytes = Files.readAllBytes(film);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("sidx");
    // The size of the first segment that the index lists.
    bytes[at + 4 + 32 + 3] ^= 7;
    assertEquals(
        samples(MediaFile.open(film).movie().tracks().getFirst()),
        samples(MediaFile.of(bytes).movie().tracks().getFirst()));
  }
}
