package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ffmpeg publishes to the gateway, in each way it can, and players watch what it publishes. */
class C15LiveIT {
  private static final String PICTURES =
      "-re -f lavfi -i testsrc2=size=160x120:rate=25 -c:v libx264 -preset ultrafast"
          + " -tune zerolatency -pix_fmt yuv420p -b:v 100k -g 25 -keyint_min 25 -sc_threshold 0 ";
  private static final String SOUND = "-re -f lavfi -i sine=frequency=440:sample_rate=48000 ";
  private static final String FRAGMENTS =
      "-f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 200000 ";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(folder.resolve("kept"));
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - { match: { path: "/live/*" }, live: cams }
                  - { match: { path: "/kept/*" }, files: { root: kept } }
            live:
              cams:
                ingest: { users: [ cam ] }
                segment: 1s
                part: 200ms
                takeover: 2s
                record: { path: kept }
            users: [ { name: cam, password: salam } ]
            admin: { address: "127.0.0.1:0" }
            log: { access: off }
            """);
  }

  @AfterAll
  static void end() {
    HTTP.close();
    darban.close();
  }

  private static String url(String path) throws Exception {
    return "http://127.0.0.1:" + darban.port("plain") + ("/live/" + path).replace("/live/../", "/");
  }

  private static Program publish(String arguments, String path) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Peers.find("ffmpeg", "ffmpeg"));
    command.addAll(List.of("-v", "error", "-nostdin"));
    command.addAll(Arrays.asList(arguments.strip().split(" +")));
    command.add(url(path).replace("http://", "http://cam:salam@"));
    return Program.of(command).in(folder).start();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(20)).build();
    return HTTP.send(request, BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  /** Waits until there is a text that has what is wanted; it. */
  private static String await(String path, String wanted) throws Exception {
    Pattern pattern = Pattern.compile(wanted, Pattern.DOTALL);
    String[] last = {""};
    Await.until(
        Duration.ofSeconds(40),
        () -> {
          HttpResponse<String> answer = get(path);
          last[0] = answer.statusCode() + " " + answer.body();
          return answer.statusCode() == 200 && pattern.matcher(answer.body()).find();
        },
        () -> path + " has no " + wanted + ": " + last[0]);
    return last[0];
  }

  /** When the first segment of a track begins, in milliseconds. */
  private static long begin(String track) throws Exception {
    String playlist = await(track + "/index.m3u8", "EXT-X-PROGRAM-DATE-TIME");
    return Instant.parse(playlist.replaceAll("(?s).*?DATE-TIME:(\\S+).*", "$1")).toEpochMilli();
  }

  /** How many frames ffprobe reads of the first two seconds. */
  private static void assertPlays(String path) throws Exception {
    String frames =
        Program.of(
                (Peers.find("ffprobe", "ffmpeg")
                        + " -v error -select_streams v:0 -count_packets -read_intervals %+2"
                        + " -show_entries stream=codec_name,nb_read_packets -of csv=p=0 "
                        + url(path))
                    .split(" "))
            .in(folder)
            .run()
            .good()
            .out()
            .strip()
            .lines()
            .findFirst()
            .orElse("");
    assertTrue(frames.matches("h264,(4[5-9]|[5-9][0-9]|1[0-9]{2}).*"), path + ": " + frames);
  }

  @Test
  void ffmpegDash_inChunks_plays_asItIsAndAsOurs() throws Exception {
    String dash =
        "-f dash -seg_duration 1 -frag_type duration -frag_duration 0.2 -streaming 1 -ldash 1"
            + " -write_prft 1 -use_template 1 -use_timeline 0 -window_size 8 -method PUT -http_persistent 1";
    try (Program ffmpeg =
        publish(SOUND + PICTURES + "-c:a aac -map 0 -map 1 -t 60 " + dash, "dash/live.mpd")) {
      await("dash/live.mpd", "chunk-stream");
      String multivariant = await("dash/index.m3u8", "RESOLUTION=160x120");
      assertTrue(multivariant.contains("avc1"), multivariant);
      assertTrue(multivariant.contains("mp4a.40.2"), multivariant);
      String tracks = await("dash/index.mpd", "availabilityTimeOffset");
      assertTrue(tracks.contains("type=\"dynamic\""), tracks);
      // The first of both: ffmpeg tells a time below 0 of its first sound.
      long apart = begin("dash/~/stream0") - begin("dash/~/stream1");
      assertTrue(Math.abs(apart) < 500, apart + " ms");
      assertPlays("dash/index.m3u8");
      assertPlays("dash/index.mpd");
      assertEquals(true, ffmpeg.runs(), ffmpeg::output);
      assertEquals(1, darban.metric("darban_live_bytes", "stream=\"dash\"") > 0 ? 1 : 0);
      assertTrue(darban.metric("darban_live_ingest_gap_seconds", "stream=\"dash\"") < 5);
    }
  }

  @Test
  void ffmpegHls_transportStreams_plays_itsSegmentsGoAsItSays() throws Exception {
    String hls =
        "-f hls -hls_time 1 -hls_list_size 3 -hls_flags delete_segments -method PUT"
            + " -http_persistent 1";
    try (Program ffmpeg = publish(PICTURES + "-t 60 " + hls, "hls/live.m3u8")) {
      await("hls/live.m3u8", "live4.ts");
      assertPlays("hls/live.m3u8");
      Await.until(
          Duration.ofSeconds(20),
          () -> get("hls/live0.ts").statusCode() == 404,
          () -> "ffmpeg's DELETE was not heard");
      assertEquals(true, ffmpeg.runs(), ffmpeg::output);
    }
  }

  @Test
  void oneLongPost_killedAndBegunAgain_goesOnBehindABreak() throws Exception {
    String track = "~/video/index.m3u8";
    try (Program ffmpeg = publish(PICTURES + FRAGMENTS + "-method POST", "post/video.cmfv")) {
      await("post/" + track, "EXTINF.*EXTINF.*PRELOAD-HINT");
      assertPlays("post/index.m3u8");
      ffmpeg.signal("KILL");
      ffmpeg.status();
    }
    String known = await("post/index.mpd", "<Location>");
    String since = known.replaceAll("(?s).*<Location>(.*)</Location>.*", "$1");
    String before = get("post/" + track).body();
    assertTrue(!before.contains("ENDLIST"), before);
    try (Program again =
        publish(PICTURES + "-t 4 " + FRAGMENTS + "-method POST", "post/video.cmfv")) {
      String after = await("post/" + track, "#EXT-X-DISCONTINUITY\n.*#EXT-X-ENDLIST");
      assertEquals(0, again.status(), again::output);
      List<String> names =
          Pattern.compile("(?m)^s.*m4s$").matcher(after).results().map(MatchResult::group).toList();
      assertEquals(names.size(), names.stream().distinct().count());
      assertNotEquals(0, names.size());
      await("post/" + since, "<Period .*<Period ");
      assertPlays("post/index.mpd");
      assertRecorded();
    }
  }

  @Test
  void transportStream_inOneLongPost_playsAsHlsAndDash_andIsRecorded() throws Exception {
    String stream = "-c:a aac -map 0 -map 1 -t 60 -f mpegts -muxdelay 0 -method POST";
    try (Program ffmpeg = publish(SOUND + PICTURES + stream, "ts/stream.ts")) {
      await("ts/~/stream-video/index.m3u8", "EXTINF.*EXTINF.*PRELOAD-HINT");
      await("ts/~/stream-audio/index.m3u8", "EXTINF.*EXTINF.*PRELOAD-HINT");
      String multivariant = await("ts/index.m3u8", "RESOLUTION=160x120");
      assertTrue(multivariant.contains("avc1"), multivariant);
      assertTrue(multivariant.contains("mp4a.40.2"), multivariant);
      long apart = begin("ts/~/stream-video") - begin("ts/~/stream-audio");
      assertTrue(Math.abs(apart) < 500, apart + " ms");
      assertPlays("ts/index.m3u8");
      assertPlays("ts/index.mpd");
      assertTrue(!get("ts/~/stream-video/index.m3u8").body().contains("#EXT-X-DISCONTINUITY\n"));
      assertEquals(true, ffmpeg.runs(), ffmpeg::output);
    }
    Await.until(
        Duration.ofSeconds(20),
        () -> Files.exists(folder.resolve("kept/ts")),
        () -> "nothing was recorded");
  }

  /** Both of what was published, before and behind the break. */
  private static void assertRecorded() throws Exception {
    Path[] recording = {folder};
    Await.until(
        Duration.ofSeconds(20),
        () -> {
          try (Stream<Path> all = Files.list(folder.resolve("kept/post"))) {
            recording[0] = all.findFirst().orElse(folder);
          }
          Path playlist = recording[0].resolve("video.m3u8");
          return Files.exists(playlist) && Files.readString(playlist).contains("ENDLIST");
        },
        () -> "no recording has ended");
    String playlist = Files.readString(recording[0].resolve("video.m3u8"));
    assertTrue(playlist.contains("#EXT-X-DISCONTINUITY\n"), playlist);
    assertPlays("../kept/post/" + recording[0].getFileName() + "/index.m3u8");
  }

  @Test
  void mpv_aStreamOfParts_plays() throws Exception {
    try (Program ffmpeg =
        publish(PICTURES + "-t 60 " + FRAGMENTS + "-method POST", "mpv/video.cmfv")) {
      await("mpv/~/video/index.m3u8", "EXTINF.*EXTINF.*EXTINF");
      Program.Result result =
          Program.of(
                  Peers.find("mpv", "mpv"),
                  "--no-config",
                  "--vo=null",
                  "--ao=null",
                  "--length=2",
                  "--term-status-msg=at ${=time-pos}",
                  url("mpv/index.m3u8"))
              .in(folder)
              .run();
      assertEquals(0, result.status(), result::toString);
      assertTrue(result.err().contains("at "), result::toString);
      assertEquals(true, ffmpeg.runs(), ffmpeg::output);
    }
  }
}
