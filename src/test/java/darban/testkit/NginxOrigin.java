package darban.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A real nginx in a folder of its own, which also is its document root ({@code www}). Closed by the
 * test.
 */
public final class NginxOrigin implements AutoCloseable {
  private final Path folder;
  private final Program program;

  private NginxOrigin(Path folder, Program program) {
    this.folder = folder;
    this.program = program;
  }

  /**
   * Starts nginx.
   *
   * @param folder empty or prepared; relative paths of {@code servers} count from it
   * @param servers what stands in the section {@code http}
   * @param ports all that it will listen on
   */
  public static NginxOrigin start(Path folder, String servers, int... ports) throws Exception {
    String nginx = Peers.find("nginx", "nginx-light");
    Files.createDirectories(folder.resolve("www"));
    Path config =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            %s
            daemon off;
            pid nginx.pid;
            error_log stderr warn;
            worker_processes 1;
            events { worker_connections 4096; }
            http {
              access_log access.log;
              client_body_temp_path tmp-body;
              proxy_temp_path tmp-proxy;
              fastcgi_temp_path tmp-fastcgi;
              uwsgi_temp_path tmp-uwsgi;
              scgi_temp_path tmp-scgi;
              include /etc/nginx/mime.types;
              default_type application/octet-stream;
              sendfile on;
              keepalive_requests 1000000;
              root www;
              %s
            }
            """
                .formatted(Peers.isRoot() ? "user root;" : "", servers));
    Program program =
        Program.of(nginx, "-e", "stderr", "-p", folder.toString(), "-c", config.toString()).start();
    NginxOrigin origin = new NginxOrigin(folder, program);
    try {
      for (int port : ports) {
        Await.until(
            Duration.ofSeconds(20),
            () -> Ports.isOpen(port) || !program.runs(),
            () -> "nginx does not listen on " + port + "\n" + program.output());
        if (!program.runs()) {
          throw new AssertionError(program);
        }
      }
      return origin;
    } catch (Exception | AssertionError failed) {
      origin.close();
      throw failed;
    }
  }

  /** The folder it serves. */
  public Path www() {
    return folder.resolve("www");
  }

  /** Lines of its access log. */
  public List<String> accessLog() throws IOException {
    return Files.readAllLines(folder.resolve("access.log"));
  }

  @Override
  public void close() {
    program.close();
  }
}
