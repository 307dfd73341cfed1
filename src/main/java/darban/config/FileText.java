package darban.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The whole text of a small file in UTF-8, or a problem. */
final class FileText {
  /** Bytes of a file; beyond it nobody wrote it by hand. */
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private FileText() {}

  /**
   * Reads {@code file}, which is named {@code at} some place of a configuration or is the
   * configuration itself.
   */
  static Optional<String> read(Path file, Position at, Problems problems) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length <= MAX_BYTES) {
        return decoded(bytes, file, problems);
      }
      String hint = "the limit is 4 MiB, split it with `include`";
      problems.unreadable(at, Problem.quote(file.toString()) + " is too large", hint);
    } catch (NoSuchFileException missing) {
      noSuch("file", file, at, problems);
    } catch (AccessDeniedException denied) {
      String what = "no permission to read " + Problem.quote(file.toString());
      problems.unreadable(at, what, "give this user the right to read it");
    } catch (IOException broken) {
      String what =
          Problem.quote(file.toString()) + " cannot be read (" + broken.getMessage() + ")";
      problems.unreadable(at, what, "name a readable file");
    }
    return Optional.empty();
  }

  /** Says that {@code path} does not exist, and where it was looked for. */
  static void noSuch(String kind, Path path, Position at, Problems problems) {
    String what = "no such " + kind + " " + Problem.quote(path.toString());
    problems.unreadable(
        at, what, "looked for at " + Problem.quote(path.toAbsolutePath().toString()));
  }

  private static Optional<String> decoded(byte[] bytes, Path file, Problems problems) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    if (result.isError()) {
      Position at = SyntaxError.endOf(text.toString(), file);
      problems.unreadable(at, "a byte that is not UTF-8", "save the file as UTF-8");
      return Optional.empty();
    }
    return Optional.of(text.toString());
  }
}
