package darban.app;

import darban.demo.DemoConfig;
import java.io.PrintStream;
import java.util.Map;

/** What to try first: commands that work when pasted. */
final class Tour {
  private Tour() {}

  /** Prints the tour of the embedded configuration, whose demo origin is {@code demo}. */
  static void print(PrintStream out, Map<String, String> addresses, DemoConfig demo) {
    String web = "https://localhost:" + port(addresses, "web");
    String plain = "http://localhost:" + port(addresses, "plain");
    String proxy = "http://127.0.0.1:" + port(addresses, "proxy");
    String admin = "http://127.0.0.1:" + port(addresses, "admin");
    String ca = "--cacert " + pasted(Main.certificates().resolve("ca.pem").toString());
    out.println();
    out.println("Darban is open. In a browser: " + plain + "/ or " + web + "/");
    out.println("(the certificate is Darban's own; README.md says how to trust it)");
    out.println();
    out.println("Five things to try:");
    out.println(
        "  curl " + ca + " " + web + "/headers             # TLS, HTTP/2, what the origin sees");
    out.println("  curl -N -m 4 " + plain + "/clock || true        # pieces pass as they come");
    out.println(
        "  curl -r 0-99 -o /dev/null -w '%{http_code} %{size_download}\\n' "
            + plain
            + "/clock.mp4");
    out.println(
        "  curl -x " + proxy + " http://" + demo.origin() + "/headers   # as a forward proxy");
    out.println("  curl -s " + admin + "/metrics | grep darban_http_requests_total");
    out.println();
    out.flush();
  }

  /** A word as a shell takes it for one. */
  private static String pasted(String word) {
    return word.matches("[\\w./+@%-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String port(Map<String, String> addresses, String name) {
    String address = addresses.getOrDefault(name, ":0");
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
