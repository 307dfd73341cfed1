package darban.serve;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.OpenFile;
import darban.http.Etag;
import darban.http.Paths;
import darban.http.RequestHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * A folder whose files are served. What lies outside it, also by way of links, does not exist; nor
 * do names that start with a dot, apart from {@code .well-known}. Immutable; its methods touch the
 * disk and belong on worker threads.
 */
public final class Folder {
  private final Path root;
  private final String stripped;

  /**
   * A folder.
   *
   * @param stripped prefix of request paths that it stands for, without a slash at its end
   */
  public Folder(Path root, String stripped) {
    this.root = root.toAbsolutePath().normalize();
    this.stripped = stripped;
  }

  /** What is said of a file that is not there. */
  public static Failure notFound() {
    return Failure.of(Kind.NOT_FOUND, "no such file");
  }

  /** What is said of a file that is there and cannot be read. */
  public static Failure unreadable(IOException why) {
    return Failure.of(Kind.FORBIDDEN, "file not readable", why).detailed(why.toString());
  }

  /** The part of a request's path below the folder, decoded. */
  public String inside(RequestHead head) {
    String path = head.routingPath();
    String inside = path.startsWith(stripped) ? path.substring(stripped.length()) : path;
    return Paths.decoded(inside).orElseThrow(Folder::notFound);
  }

  /** The path of a file below the folder, as {@link #inside(RequestHead)} has it. */
  public String inside(Path file) {
    return "/" + root.relativize(file);
  }

  /** Where something of that name would lie, whether or not it is there. */
  public Path place(String inside) {
    Path file = root;
    for (String name : inside.split("/")) {
      boolean hidden = name.startsWith(".") && !name.equals(".well-known");
      if (hidden || name.indexOf('\0') >= 0) {
        throw notFound();
      }
      file = file.resolve(name);
    }
    return file;
  }

  /**
   * Whether no link leads out of the folder.
   *
   * @throws NoSuchFileException when it is not there
   */
  public boolean holds(Path file) throws IOException {
    return file.toRealPath().startsWith(root.toRealPath());
  }

  /** Where a request for a folder is to go that does not end with a slash. */
  public static String withSlash(RequestHead head) {
    String query = head.target().query();
    String location = head.target().pathOnly() + "/" + (query == null ? "" : "?" + query);
    // Two slashes at the start would name another host.
    return location.replaceFirst("^/{2,}", "/");
  }

  /** Whether it is the folder itself. */
  public boolean isRoot(Path file) {
    return file.equals(root);
  }

  /** Opens a file. */
  public static FoundFile open(Path file) throws IOException {
    OpenFile opened = OpenFile.open(file);
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      if (!facts.isRegularFile()) {
        throw new NoSuchFileException(file.toString());
      }
      Instant modified = facts.lastModifiedTime().toInstant();
      String tag =
          Long.toHexString(modified.getEpochSecond() * 1_000_000_000 + modified.getNano())
              + "-"
              + Long.toHexString(facts.size());
      return new FoundFile(opened, file, opened.size(), modified, new Etag(false, tag));
    } catch (IOException e) {
      opened.release();
      throw e;
    }
  }
}
