package darban.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's curl, asked once a call. */
public final class Curl {
  private Curl() {}

  /** What curl says to {@code arguments}; it fails the test unless it ends well. */
  public static Answer get(Path folder, List<String> arguments) throws Exception {
    return new Answer(run(folder, arguments).good().out());
  }

  /** How curl ends with {@code arguments}. */
  public static Program.Result run(Path folder, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Peers.find("curl", "curl"));
    command.addAll(List.of("-q", "-sS", "-i", "--max-time", "30"));
    command.addAll(List.of("-w", "\n%{http_version} %{http_code} %{size_download}"));
    command.addAll(arguments);
    return Program.of(command).in(folder).run();
  }

  /** Heads, body and a line of facts, as curl printed them. */
  public static final class Answer {
    private final String text;

    private Answer(String text) {
      this.text = text.stripTrailing();
    }

    /** The version of HTTP, the status and the number of bytes, such as {@code 2 200 6}. */
    public String facts() {
      return text.substring(text.lastIndexOf('\n') + 1);
    }

    /** The status. */
    public int status() {
      return Integer.parseInt(facts().split(" ")[1]);
    }

    /** The last head, its lines ended by line feeds. */
    public String head() {
      String heads = text.replace("\r", "");
      int last = heads.lastIndexOf("\nHTTP/");
      String from = last < 0 ? heads : heads.substring(last + 1);
      int end = from.indexOf("\n\n");
      return end < 0 ? from : from.substring(0, end);
    }

    /** The value of a field of the last head, or an empty text. */
    public String field(String name) {
      String start = name.toLowerCase(java.util.Locale.ROOT) + ":";
      return head()
          .lines()
          .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .findFirst()
          .orElse("");
    }

    /** The body. */
    public String body() {
      String all = text.replace("\r", "");
      String head = head();
      String rest = all.substring(all.lastIndexOf(head) + head.length());
      int facts = rest.lastIndexOf('\n');
      return rest.substring(Math.min(2, facts), facts);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
