package darban.config;

import static darban.config.Problem.Severity.ERROR;
import static darban.config.Problem.Severity.WARNING;
import static darban.config.Problem.quote;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Collects everything that is wrong with one configuration while it is read, and the names that its
 * parts give and use, so that one reading tells all. Used by one thread.
 */
public final class Problems {
  private final Set<Problem> found = new LinkedHashSet<>();
  private final Set<Position> settled = new HashSet<>();
  private final Map<String, Map<String, Position>> names = new HashMap<>();
  private final List<Use> uses = new ArrayList<>();
  private final Deque<Section<?>> sections = new ArrayDeque<>();

  private record Use(String kind, Ref ref) {}

  /** Something that must be changed. */
  public void error(Position at, String what, String hint) {
    if (!settled.contains(at)) {
      found.add(new Problem(ERROR, at, what, hint));
    }
  }

  /** Something that works but should be changed. */
  public void warning(Position at, String what, String hint) {
    found.add(new Problem(WARNING, at, what, hint));
  }

  /** An error after which nothing more is to be said about what stands at this very place. */
  void unreadable(Position at, String what, String hint) {
    error(at, what, hint);
    settle(at);
  }

  /** Drops every later error at this very place. */
  void settle(Position at) {
    settled.add(at);
  }

  /** {@code node} is not of the kind that belongs here. */
  void misplaced(Node node, Form form, String hint) {
    error(node.at(), node.noun() + " stands where " + form.noun() + " belongs", hint);
  }

  /** The text of {@code scalar} is none of what belongs here. */
  void misread(Node.Scalar scalar, String noun, String hint) {
    error(scalar.at(), quote(scalar.text()) + " is not " + noun, hint);
  }

  /** {@code ref} names no {@code kind} of those there are. */
  public void unknown(Ref ref, String kind, Collection<String> candidates) {
    String what = "no " + kind + " is called " + quote(ref.name());
    String all = candidates.isEmpty() ? "none is defined" : "choose " + listed(candidates, "or");
    error(ref.at(), what, Nearest.hint(ref.name(), candidates, all));
  }

  /** The words in backquotes, in their order, the last two joined by {@code last}. */
  static String listed(Collection<String> words, String last) {
    return joined(words.stream().map(Problem::quote).toList(), last);
  }

  /** {@code a, b or c}. */
  static String joined(List<String> parts, String last) {
    int end = parts.size() - 1;
    return end < 1
        ? String.join("", parts)
        : String.join(", ", parts.subList(0, end)) + " " + last + " " + parts.get(end);
  }

  /** A part gives itself a name; no other part of its kind may have the same. */
  void name(String kind, String name, Position at) {
    Position before = names.computeIfAbsent(kind, _ -> new TreeMap<>()).putIfAbsent(name, at);
    if (before != null) {
      error(
          at, "the " + kind + " " + quote(name) + " is already defined at " + before, "rename one");
    }
  }

  /** A part names another, which may be read later. */
  void use(String kind, Ref ref) {
    uses.add(new Use(kind, ref));
  }

  /** After all is read: complains about every name used that no part has. */
  void resolve() {
    for (Use use : uses) {
      Set<String> known = names.getOrDefault(use.kind, Map.of()).keySet();
      if (!known.contains(use.ref.name())) {
        unknown(use.ref, use.kind, known);
      }
    }
  }

  /** The sections being read, the innermost first. */
  Deque<Section<?>> sections() {
    return sections;
  }

  /** Whether there is an error among them. */
  public boolean failed() {
    return found.stream().anyMatch(problem -> problem.severity() == ERROR);
  }

  /** All of them by file and line. */
  public List<Problem> sorted() {
    return found.stream().sorted().toList();
  }
}
