package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.Films;
import darban.testkit.Peers;
import darban.testkit.Program;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ffmpeg publishes to one gateway, players watch at another; the publisher dies and comes back. */
class C23RelayIT {
  private static final String PUBLISHED =
      "-v error -nostdin -re -f lavfi -i testsrc2=size=160x120:rate=25"
          + " -re -f lavfi -i sine=frequency=440:sample_rate=48000"
          + " -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -c:a aac"
          + " -f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof"
          + " -frag_duration 200000 -method POST ";

  @TempDir static Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  private static DarbanProcess gateway(String name, String live) throws Exception {
    return DarbanProcess.start(
        Files.createDirectories(folder.resolve(name)),
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        sites: { "*": { routes: [ { match: { path: "/live/*" }, live: cams } ] } }
        admin: { address: "127.0.0.1:0" }
        log: { access: off }
        """
            + live);
  }

  private static Program publish(DarbanProcess to) throws Exception {
    List<String> command = new ArrayList<>(List.of(Peers.find("ffmpeg", "ffmpeg")));
    command.addAll(Arrays.asList(PUBLISHED.strip().split(" +")));
    command.add("http://127.0.0.1:" + to.port("plain") + "/live/cam/both.cmfv");
    return Program.of(command).in(folder).start();
  }

  private String get(DarbanProcess from, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + from.port("plain") + "/live/cam/" + path))
            .timeout(Duration.ofSeconds(20))
            .build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "";
  }

  /** Waits until so many breaks are in the playlist, each with another head behind it. */
  private void awaitBreaks(DarbanProcess at, int count) throws Exception {
    Await.until(
        Duration.ofSeconds(30),
        () -> {
          String all = get(at, "~/both/index.m3u8");
          int last = all.lastIndexOf("#EXT-X-DISCONTINUITY\n");
          return all.split("#EXT-X-DISCONTINUITY\n", -1).length > count
              && all.indexOf("#EXTINF", last) > 0
              && all.split("#EXT-X-MAP", -1).length > count + 1;
        },
        () -> count + " breaks are not in " + get(at, "~/both/index.m3u8"));
  }

  private static void assertPlays(DarbanProcess at) throws Exception {
    Program.Result result =
        Program.of(
                Peers.find("mpv", "mpv"),
                "--no-config",
                "--vo=null",
                "--ao=null",
                "--length=1",
                "--term-status-msg=at ${=time-pos}",
                "http://127.0.0.1:" + at.port("plain") + "/live/cam/index.m3u8")
            .in(folder)
            .run();
    assertEquals(0, result.status(), result::toString);
    assertTrue(result.err().contains("at "), result::toString);
  }

  @Test
  void publisher_diesAndComesBack_whoWatchesElsewhere_seesTheSlateMeanwhile() throws Exception {
    Path slate =
        Films.make(
            "slate.mp4",
            "-f lavfi -i color=navy:size=96x64:rate=25:duration=3 "
                + "-f lavfi -i sine=frequency=220:sample_rate=48000:duration=3 "
                + Films.AVC
                + Films.AAC);
    try (DarbanProcess home =
            gateway(
                "home",
                "live: { cams: { ingest: anyone, segment: 1s, takeover: 1s,"
                    + " standby: { after: 1s, slate: \"%s\" } } }".formatted(slate));
        DarbanProcess away =
            gateway(
                "away",
                """
                services: { home: { servers: [ "http://127.0.0.1:%d" ] } }
                live: { cams: { ingest: anyone, segment: 1s, pull: { service: home } } }
                """
                    .formatted(home.port("plain")))) {
      try (Program ffmpeg = publish(home)) {
        Await.until(
            Duration.ofSeconds(30),
            () -> !get(away, "index.m3u8").isEmpty(),
            () -> "not fetched: " + ffmpeg.output());
        assertPlays(away);
        ffmpeg.signal("KILL");
        ffmpeg.status();
      }
      awaitBreaks(away, 1);
      assertPlays(away);
      try (Program again = publish(home)) {
        awaitBreaks(away, 2);
        assertPlays(away);
        assertEquals(true, again.runs(), again::output);
      }
      assertEquals(1, away.metric("darban_live_pulled_tracks", "hub=\"cams\""));
    } finally {
      http.close();
    }
  }
}
