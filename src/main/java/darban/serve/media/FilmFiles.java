package darban.serve.media;

import darban.flow.OpenFile;
import darban.http.Etag;
import darban.serve.Folder;
import darban.serve.FoundFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that a film is in: one, or one for each size of its pictures. Held as a {@link
 * FoundFile} is, all of them; worker threads.
 *
 * @param asked the one that was asked for
 * @param all of them, in the order in which the film counts them
 */
record FilmFiles(FoundFile asked, List<FoundFile> all) {
  FilmFiles {
    all = List.copyOf(all);
  }

  /** Just this file, whatever lies beside it. */
  static FilmFiles alone(Path file) throws IOException {
    FoundFile found = Folder.open(file);
    return new FilmFiles(found, List.of(found));
  }

  /** A file, and those beside it that show the same. */
  static FilmFiles of(Path file, Folder folder) throws IOException {
    String name = name(file);
    if (Rendition.of(name).isEmpty()) {
      return alone(file);
    }
    List<FoundFile> opened = new ArrayList<>();
    try {
      for (String each : Rendition.set(name, names(file))) {
        Path sibling = file.resolveSibling(each);
        if (Files.isRegularFile(sibling) && folder.holds(sibling)) {
          opened.add(Folder.open(sibling));
        }
      }
      for (FoundFile each : opened) {
        if (each.name().equals(name)) {
          return new FilmFiles(each, opened);
        }
      }
      throw Folder.notFound();
    } catch (IOException | RuntimeException failed) {
      opened.forEach(each -> each.file().release());
      throw failed;
    }
  }

  private static List<String> names(Path file) throws IOException {
    try (Stream<Path> beside = Files.list(Objects.requireNonNull(file.getParent()))) {
      return beside.map(FilmFiles::name).toList();
    }
  }

  private static String name(Path file) {
    return Objects.requireNonNull(file.getFileName()).toString();
  }

  /** What the film is known by: the same whichever of the files was asked for. */
  String key() {
    String first = all.getFirst().path().toString();
    return all.size() == 1 ? first : first + " …";
  }

  /** That of the largest pictures, which subtitles may be called after. */
  Path largest() {
    return all.getLast().path();
  }

  /** Differs wherever one of them does. */
  Etag etag() {
    if (all.size() == 1) {
      return asked.etag();
    }
    String tags =
        all.stream().map(each -> each.name() + each.etag()).collect(Collectors.joining("/"));
    byte[] bytes = tags.getBytes(StandardCharsets.UTF_8);
    return new Etag(false, UUID.nameUUIDFromBytes(bytes).toString());
  }

  /** Their contents. */
  List<OpenFile> opened() {
    return all.stream().map(FoundFile::file).toList();
  }

  /** Lets go of them. */
  void release() {
    all.forEach(each -> each.file().release());
  }
}
