package darban.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Small films that ffmpeg makes, each once for all tests of a run. Any thread; the folder goes with
 * the process.
 */
public final class Films {
  /** Twelve seconds of moving pictures, small ones, 25 a second. */
  public static final String PICTURES = "-f lavfi -i testsrc2=size=160x120:rate=25:duration=12 ";

  /** Twelve seconds of a tone at 48 kHz. */
  public static final String TONE =
      "-f lavfi -i sine=frequency=440:beep_factor=4:sample_rate=48000:duration=12 ";

  /** H.264 with pictures out of order and a sync sample every two seconds. */
  public static final String AVC =
      "-c:v libx264 -preset veryfast -pix_fmt yuv420p -b:v 80k -g 50 -keyint_min 50"
          + " -sc_threshold 0 -bf 2 ";

  /** AAC in stereo; without noise of the decoder's own, so that it is the same from any frame. */
  public static final String AAC = "-c:a aac -aac_pns 0 -b:a 48k -ac 2 ";

  private static final Pattern WORD = Pattern.compile("(?:[^\\s']|'[^']*')+");
  private static final Map<String, Path> MADE = new HashMap<>();
  private static final Path FOLDER = folder();

  private Films() {}

  private static Path folder() {
    try {
      Path folder = Files.createTempDirectory("darban-films");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }

  /** The ordinary one: H.264 with B-frames, AAC, its head at the end. */
  public static Path plain() throws IOException, InterruptedException {
    return make("plain.mp4", PICTURES + TONE + AVC + AAC);
  }

  /** The ordinary one with other options of the muxer, its samples the same. */
  public static Path plain(String name, String options) throws IOException, InterruptedException {
    return make(name, "-i " + plain() + " -map 0 -c copy " + options);
  }

  /** Its head at the end, pictures out of order, sound in two languages: 440 and 880 Hz. */
  public static Path twoLanguages() throws IOException, InterruptedException {
    return make(
        "two-languages.mp4",
        PICTURES
            + TONE
            + "-f lavfi -i sine=frequency=880:sample_rate=48000:duration=12"
            + " -map 0:v -map 1:a -map 2:a "
            + AVC
            + AAC
            + "-metadata:s:a:0 language=eng -metadata:s:a:1 language=fas");
  }

  /** The same in half the size. */
  public static Path half() throws IOException, InterruptedException {
    return make("half.mp4", "-i " + twoLanguages() + " -vf scale=80:60 " + AVC + "-c:a copy");
  }

  /** Pictures as an encoder posts them: a track in chunks of 0.4 s. */
  public static byte[] track() throws IOException, InterruptedException {
    String chunks =
        "-an -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 400000";
    return Files.readAllBytes(make("track.mp4", PICTURES + AVC + chunks));
  }

  /**
   * What ffmpeg makes of {@code arguments}; the name says the container. Asked for again, it is the
   * same file.
   */
  public static Path make(String name, String arguments) throws IOException, InterruptedException {
    synchronized (MADE) {
      Path made = MADE.get(name);
      if (made == null) {
        made = FOLDER.resolve(name);
        ffmpeg(arguments + " -fflags +bitexact -flags:v +bitexact -flags:a +bitexact " + made);
        MADE.put(name, made);
      }
      return made;
    }
  }

  /** Where a test may put files that films are made of. */
  public static Path file(String name, byte[] content) throws IOException {
    return Files.write(FOLDER.resolve(name), content);
  }

  /** Runs ffmpeg; what it printed. */
  public static String ffmpeg(String arguments) throws IOException, InterruptedException {
    return run(Peers.find("ffmpeg", "ffmpeg"), "-nostdin -v error -y " + arguments);
  }

  /** Runs ffprobe; what it printed. */
  public static String ffprobe(String arguments) throws IOException, InterruptedException {
    return run(Peers.find("ffprobe", "ffmpeg"), "-v error " + arguments);
  }

  private static String run(String program, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program);
    // What stands in single quotes may hold spaces.
    WORD.matcher(arguments).results().forEach(word -> command.add(word.group().replace("'", "")));
    return Program.of(command).run().good().out();
  }
}
