package darban.config;

import static darban.config.Problem.quote;

import darban.base.Secret;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** Paths that a configuration names, and secrets kept in files. */
final class LocalFiles {
  private static final String FILE = "file:";

  private LocalFiles() {}

  /** A path, which need not exist. */
  static Optional<Path> path(Node.Scalar scalar, Problems problems) {
    return path(scalar, scalar.text(), problems);
  }

  /** The path of a file that can be read. */
  static Optional<Path> file(Node.Scalar scalar, Problems problems) {
    return existing(scalar, problems, false);
  }

  /** The path of a directory. */
  static Optional<Path> directory(Node.Scalar scalar, Problems problems) {
    return existing(scalar, problems, true);
  }

  private static Optional<Path> existing(Node.Scalar scalar, Problems problems, boolean directory) {
    Optional<Path> path = path(scalar, problems);
    if (path.isEmpty()) {
      return path;
    }
    String shown = quote(path.get().toString());
    if (!Files.exists(path.get())) {
      FileText.noSuch(directory ? "directory" : "file", path.get(), scalar.at(), problems);
    } else if (directory != Files.isDirectory(path.get())) {
      String what = shown + (directory ? " is not a directory" : " is a directory");
      problems.error(scalar.at(), what, "name a " + (directory ? "directory" : "file"));
    } else if (!Files.isReadable(path.get())) {
      String hint = "give this user the right to read it";
      problems.error(scalar.at(), "no permission to read " + shown, hint);
    } else {
      return path;
    }
    return Optional.empty();
  }

  /** A secret as it stands, or the text of a file without the line's end. */
  static Optional<Secret> secret(Node.Scalar scalar, Problems problems) {
    if (!scalar.text().startsWith(FILE)) {
      return Optional.of(new Secret(scalar.text()));
    }
    Optional<Path> file = path(scalar, scalar.text().substring(FILE.length()), problems);
    Optional<String> text =
        file.flatMap(it -> FileText.read(it, scalar.at(), problems)).map(String::stripTrailing);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().isEmpty()) {
      String what = "the secret's file " + quote(file.orElseThrow().toString()) + " is empty";
      problems.error(scalar.at(), what, "write the secret into it");
      return Optional.empty();
    }
    warnIfOpen(file.orElseThrow(), scalar.at(), problems);
    return text.map(Secret::new);
  }

  private static void warnIfOpen(Path file, Position at, Problems problems) {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    try {
      Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
      if (given.contains(PosixFilePermission.GROUP_READ)
          || given.contains(PosixFilePermission.OTHERS_READ)) {
        String what = "the secret's file " + quote(file.toString()) + " can be read by other users";
        problems.warning(at, what, "run `chmod 600 " + file + "`");
      }
    } catch (IOException unknown) {
      String what = "the permissions of " + quote(file.toString()) + " cannot be read";
      problems.warning(at, what, "see that only its owner can read it");
    }
  }

  /** The path {@code text} that stands in {@code scalar}. */
  static Optional<Path> path(Node.Scalar scalar, String text, Problems problems) {
    try {
      if (!text.isEmpty()) {
        return Optional.of(scalar.at().resolve(text));
      }
      problems.error(scalar.at(), "a path without text", "write the path of a file or directory");
    } catch (InvalidPathException invalid) {
      String what = quote(text) + " is not a path";
      problems.error(scalar.at(), what, "mend it: " + invalid.getReason());
    }
    return Optional.empty();
  }
}
