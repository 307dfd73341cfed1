package darban.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Await;
import darban.testkit.DarbanProcess;
import darban.testkit.Peers;
import darban.testkit.Program;
import darban.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real source clients send radio; crowds and a real ripper hear it. */
class C18RadioIT {
  private static final int CROWD = 500;
  private static final int HEARD = 96 * 1024;

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners:
              plain: { address: "127.0.0.1:0", limits: { connections-per-address: 0 } }
              studio: { address: "127.0.0.1:0", sources: true }
            sites: { "*": { routes: [ { radio: main } ] } }
            radio: { main: { sources: [ source ] } }
            users: [ { name: source, password: hackme } ]
            admin: { address: "127.0.0.1:0" }
            log: { access: off }
            """);
  }

  @AfterAll
  static void end() {
    darban.close();
  }

  private static void ffmpeg(String arguments, String... more) throws Exception {
    command(arguments, more).run().good();
  }

  private static Program.Command command(String arguments, String... more) {
    List<String> words = new ArrayList<>();
    words.add(Peers.find("ffmpeg", "ffmpeg"));
    words.addAll(List.of("-v", "error", "-nostdin", "-y"));
    words.addAll(Arrays.asList(arguments.split(" ")));
    words.addAll(List.of(more));
    return Program.of(words).in(folder);
  }

  /** Noise, no piece of which is like another. */
  private static Path noise() throws Exception {
    Path file = folder.resolve("noise.mp3");
    if (!Files.exists(file)) {
      ffmpeg("-f lavfi -i anoisesrc=d=60:seed=7 -c:a libmp3lame -b:a 256k noise.mp3");
    }
    return file;
  }

  /** Hears so much of a mount; nothing where nobody sends. Who began waits for the others. */
  private static String hear(String mount, int bytes, CountDownLatch begun) throws Exception {
    try (RawClient client = RawClient.connect(darban.port("plain"))) {
      client.patience(30_000).send("GET " + mount + " HTTP/1.1\r\nHost: h\r\n\r\n");
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append(client.read(1));
      }
      if (!head.toString().startsWith("HTTP/1.1 200 ")) {
        return "";
      }
      String first = client.read(1);
      begun.countDown();
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      return first + client.read(bytes - 1);
    }
  }

  private static double listeners(String mount) throws Exception {
    return darban.metric("darban_radio_listeners", "mount=\"" + mount + "\"");
  }

  /** ffmpeg sends as the Icecast of today wants it (PUT), and as that of old (SOURCE). */
  @ParameterizedTest
  @CsvSource({"0, /put.mp3", "1, /legacy.mp3"})
  void ffmpeg_isHeardByACrowd_byteForByte(int legacy, String mount) throws Exception {
    String sound = Files.readString(noise(), StandardCharsets.ISO_8859_1);
    String url = "icecast://source:hackme@127.0.0.1:" + darban.port("studio") + mount;
    String arguments =
        "-readrate 2 -i noise.mp3 -c copy -content_type audio/mpeg -ice_name Noise"
            + " -f mp3 -write_xing 0 -id3v2_version 0 -legacy_icecast "
            + legacy;
    try (Program ffmpeg = command(arguments, url).start();
        ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      Await.until(
          Duration.ofSeconds(30),
          () -> darban.metric("darban_radio_received_bytes", "mount=\"" + mount + "\"") > 65_536,
          ffmpeg::output);
      CountDownLatch begun = new CountDownLatch(CROWD + 1);
      List<Future<String>> heard = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        heard.add(crowd.submit(() -> hear(mount, HEARD, begun)));
      }
      Await.until(
          Duration.ofSeconds(60), () -> listeners(mount) == CROWD, () -> listeners(mount) + "");
      begun.countDown();
      for (Future<String> each : heard) {
        assertTrue(sound.contains(each.get(60, TimeUnit.SECONDS)), "other bytes were heard");
      }
      assertTrue(ffmpeg.runs(), ffmpeg::output);
    }
  }

  /** Who comes late to Ogg gets the heads, without which nothing can be decoded. */
  @Test
  void ffprobe_comingLateToOgg_decodes() throws Exception {
    noise();
    String url = "icecast://source:hackme@127.0.0.1:" + darban.port("studio") + "/late.ogg";
    String arguments =
        "-readrate 4 -i noise.mp3 -c:a libvorbis -b:a 160k -content_type application/ogg -f ogg";
    try (Program ffmpeg = command(arguments, url).start()) {
      Await.until(
          Duration.ofSeconds(40),
          () -> darban.metric("darban_radio_received_bytes", "mount=\"/late.ogg\"") > 250_000,
          ffmpeg::output);
      String probe =
          Peers.find("ffprobe", "ffmpeg")
              + " -v error -read_intervals %+1 -count_frames"
              + " -show_entries stream=codec_name,sample_rate,nb_read_frames -of csv=p=0 "
              + "http://127.0.0.1:"
              + darban.port("plain")
              + "/late.ogg";
      Program.Result heard = Program.of(probe.split(" ")).in(folder).run().good();
      assertTrue(heard.out().matches("(?s)vorbis,\\d+,[1-9]\\d+.*"), heard::toString);
      assertEquals("", heard.err());
    }
  }

  /** ezstream plays a list of songs and tells their titles; streamripper cuts what it hears. */
  @Test
  void streamripper_getsTheTitlesThatEzstreamTells() throws Exception {
    StringBuilder list = new StringBuilder();
    for (int i = 1; i <= 4; i++) {
      ffmpeg(
          "-f lavfi -i sine=frequency=" + 300 * i + " -t 7 -c:a libmp3lame -b:a 128k",
          "-metadata",
          "artist=Ali",
          "-metadata",
          "title=Song " + i,
          "song" + i + ".mp3");
      list.append(folder.resolve("song" + i + ".mp3")).append('\n');
    }
    Files.writeString(folder.resolve("list.m3u"), list);
    Path config =
        Files.writeString(
            folder.resolve("ezstream.xml"),
            """
            <ezstream>
              <servers><server>
                <hostname>127.0.0.1</hostname><port>%d</port>
                <user>source</user><password>hackme</password><tls>None</tls>
              </server></servers>
              <streams><stream>
                <mountpoint>/songs.mp3</mountpoint><format>MP3</format>
                <stream_name>Songs</stream_name>
              </stream></streams>
              <intakes><intake><type>playlist</type><filename>%s</filename></intake></intakes>
            </ezstream>
            """
                .formatted(darban.port("studio"), folder.resolve("list.m3u")));
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    try (Program ezstream =
        Program.of(Peers.find("ezstream", "ezstream"), "-v", "-c", config.toString())
            .in(folder)
            .start()) {
      Await.until(
          Duration.ofSeconds(30),
          () -> !hear("/songs.mp3", 1, new CountDownLatch(1)).isEmpty(),
          ezstream::output);
      Program.Result ripped =
          Program.of(
                  Peers.find("streamripper", "streamripper"),
                  "http://127.0.0.1:" + darban.port("plain") + "/songs.mp3",
                  "-d",
                  "rip",
                  "-l",
                  "22",
                  "-o",
                  "always")
              .in(folder)
              .run();
      try (Stream<Path> all = Files.walk(folder.resolve("rip"))) {
        List<String> files =
            all.filter(Files::isRegularFile)
                .map(file -> folder.resolve("rip").relativize(file).toString())
                .sorted()
                .toList();
        assertTrue(
            files.stream().allMatch(it -> it.matches("Songs/(incomplete/)?Ali - Song [1-4]\\.mp3")),
            () -> files + "\n" + ripped);
        assertTrue(
            files.stream().anyMatch(it -> it.matches("Songs/Ali - Song [2-4]\\.mp3")),
            () -> files + "\n" + ripped);
        assertEquals(List.of(), files.stream().filter(it -> it.contains(" - .mp3")).toList());
      }
      assertTrue(ezstream.runs(), ezstream::output);
    }
  }
}
