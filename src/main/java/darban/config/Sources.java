package darban.config;

import static darban.config.Problem.quote;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Joins a file with those that it includes, and those with theirs, into one mapping. Under a
 * top-level key mappings are joined by their keys and lists one after the other; nothing may be
 * said twice. A file counts once, however often it is included. Used once, by one thread.
 */
final class Sources {
  /** The top-level key that names other files. */
  static final String INCLUDE = "include";

  /** The top-level key by which a JSON file names its schema for an editor. */
  static final String SCHEMA = "$schema";

  private final Variables variables;
  private final Problems problems;
  private final Map<String, Node.Entry> joined = new LinkedHashMap<>();
  private final Set<Path> open = new LinkedHashSet<>();
  private final Set<Path> done = new HashSet<>();
  private boolean complete = true;

  /**
   * The section of a whole file with the keys that are gone before its shape sees them.
   *
   * @throws IllegalArgumentException when the shape is no section
   */
  static Form.Section section(Shape<?> shape) {
    if (!(shape.form() instanceof Form.Section root)) {
      throw new IllegalArgumentException("a file is one section");
    }
    List<Form.Entry> entries = new ArrayList<>(root.entries());
    Form files = new Form.ListOf(new Form.Text("a pattern of files", ""), 0);
    entries.add(described(INCLUDE, files, "Files joined with this one, such as `sites/*.yaml`"));
    Form path = new Form.Text("a path", "");
    entries.add(described(SCHEMA, path, "Where an editor finds the schema"));
    return new Form.Section(root.name(), entries, root.exactlyOne());
  }

  private static Form.Entry described(String key, Form form, String doc) {
    return new Form.Entry(key, form, false, null, doc, null, List.of());
  }

  Sources(Variables variables, Problems problems) {
    this.variables = variables;
    this.problems = problems;
  }

  /** What {@code file} and all it includes say. */
  Node.Mapping read(Path file) {
    Position start = Position.startOf(file);
    addFile(file, start);
    return new Node.Mapping(start, List.copyOf(joined.values()));
  }

  /**
   * What {@code text} and all it includes say; relative paths start at {@code name}'s directory.
   */
  Node.Mapping read(Path name, String text) {
    addText(name, text);
    return new Node.Mapping(Position.startOf(name), List.copyOf(joined.values()));
  }

  /** Whether every file could be read. */
  boolean isComplete() {
    return complete;
  }

  private void addFile(Path file, Position named) {
    Path identity = identity(file);
    if (open.contains(identity)) {
      problems.error(
          named, quote(file.toString()) + " includes itself", "remove it from `include`");
    } else if (done.add(identity)) {
      open.add(identity);
      Optional<String> text = FileText.read(file, named, problems);
      text.ifPresent(it -> addText(file, it));
      complete &= text.isPresent();
      open.remove(identity);
    }
  }

  /** The same for every name of one file; a file that is missing is complained about later. */
  private static Path identity(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException missing) {
      return file.toAbsolutePath().normalize();
    }
  }

  private void addText(Path file, String text) {
    Node root = Yaml.read(file, text, variables, problems).orElse(null);
    complete &= root instanceof Node.Mapping;
    if (root instanceof Node.Mapping mapping) {
      mapping.without(INCLUDE).without(SCHEMA).entries().forEach(this::join);
      mapping.entry(INCLUDE).ifPresent(entry -> include(entry.value()));
    } else if (root != null) {
      String what = root.noun() + " stands where the configuration's keys belong";
      problems.error(root.at(), what, "begin with a key, such as `listeners:`");
    }
  }

  private void include(Node patterns) {
    if (patterns instanceof Node.Sequence(_, List<Node> items)) {
      items.forEach(this::include);
    } else if (patterns instanceof Node.Scalar pattern && !pattern.isNothing()) {
      files(pattern).forEach(file -> addFile(file, pattern.at()));
    } else {
      String what = patterns.noun() + " stands where files to include belong";
      unread(patterns.at(), what, "write a list of files, such as `[sites/*.yaml]`");
    }
  }

  private List<Path> files(Node.Scalar pattern) {
    try {
      Path path = pattern.at().resolve(pattern.text());
      List<Path> files = matching(path);
      if (files.isEmpty() && !pattern.text().contains("*")) {
        complete = false;
        FileText.noSuch("file", path, pattern.at(), problems);
      }
      return files;
    } catch (InvalidPathException | PatternSyntaxException invalid) {
      String what = quote(pattern.text()) + " is no pattern";
      unread(pattern.at(), what, "write a path, with `*` for any name");
    } catch (IOException | DirectoryIteratorException broken) {
      String what = "the files of " + quote(pattern.text()) + " cannot be listed";
      unread(pattern.at(), what, "check the directory: " + broken.getMessage());
    }
    return List.of();
  }

  private void unread(Position at, String what, String hint) {
    complete = false;
    problems.error(at, what, hint);
  }

  /** The files that a pattern with {@code *} in any of its parts names, sorted. */
  private static List<Path> matching(Path pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    Path root = pattern.getRoot();
    found.add(root == null ? Path.of("") : root);
    for (Path part : pattern) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        next.addAll(step(directory, part.toString()));
      }
      found = next;
    }
    return found.stream().sorted().toList();
  }

  private static List<Path> step(Path directory, String part) throws IOException {
    if (part.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
      Path next = directory.resolve(part);
      return Files.exists(next) ? List.of(next) : List.of();
    }
    List<Path> matches = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, part)) {
        entries.forEach(entry -> addVisible(entry, part, matches));
      }
    }
    return matches;
  }

  /** A hidden file, an editor's perhaps, is meant only by a pattern that begins with a dot. */
  private static void addVisible(Path entry, String part, List<Path> matches) {
    if (part.startsWith(".") || !entry.getFileName().toString().startsWith(".")) {
      matches.add(entry);
    }
  }

  private void join(Node.Entry added) {
    String key = added.key().text();
    Node.Entry before = joined.putIfAbsent(key, added);
    if (before == null) {
      return;
    }
    Optional<Node> both = joined(before.value(), added.value());
    if (both.isPresent()) {
      joined.put(key, new Node.Entry(before.key(), both.get()));
    } else {
      saidTwice(before.key(), added.key());
    }
  }

  private Optional<Node> joined(Node first, Node second) {
    if (first.isNothing() || second.isNothing()) {
      return Optional.of(first.isNothing() ? second : first);
    }
    if (first instanceof Node.Sequence a && second instanceof Node.Sequence b) {
      List<Node> items = new ArrayList<>(a.items());
      items.addAll(b.items());
      return Optional.of(new Node.Sequence(a.at(), items));
    }
    if (first instanceof Node.Mapping a && second instanceof Node.Mapping b) {
      return Optional.of(joined(a, b));
    }
    return Optional.empty();
  }

  private Node.Mapping joined(Node.Mapping first, Node.Mapping second) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    first.entries().forEach(entry -> entries.put(entry.key().text(), entry));
    for (Node.Entry entry : second.entries()) {
      Node.@Nullable Entry before = entries.putIfAbsent(entry.key().text(), entry);
      if (before != null) {
        saidTwice(before.key(), entry.key());
      }
    }
    return new Node.Mapping(first.at(), List.copyOf(entries.values()));
  }

  private void saidTwice(Node.Scalar before, Node.Scalar again) {
    String what = quote(again.text()) + " is already given at " + before.at();
    problems.error(again.at(), what, "keep one of the two");
  }
}
