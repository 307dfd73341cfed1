package darban.config;

import static darban.config.Problem.quote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the text of one file, YAML 1.2 or JSON, into a {@link Node}. Only the parser's events are
 * used: no type is guessed and no object is made that the text names. What makes a document larger
 * or more clever than a configuration needs is refused: tags, merge keys, several documents, keys
 * that are not text, nesting and aliases without bound. Used once, by one thread.
 */
final class Yaml {
  /** Nesting of lists and mappings. */
  static final int MAX_DEPTH = 64;

  /** Values of a document, each counted as often as aliases repeat it. */
  static final int MAX_NODES = 100_000;

  private final Path file;
  private final Variables variables;
  private final Problems problems;
  private final Iterator<Event> events;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private final Set<String> unfinished = new HashSet<>();
  private int nodes;
  private int deepest;

  /** A value that aliases may repeat, with the number of its values and its own nesting. */
  private record Anchored(Node node, int nodes, int depth) {}

  /** Ends the reading of a document; its problem is already told. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused() {
      super(null, null, false, false);
    }
  }

  private Yaml(Path file, String text, Variables variables, Problems problems) {
    this.file = file;
    this.variables = variables;
    this.problems = problems;
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(Integer.MAX_VALUE).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /**
   * The node that {@code text} describes; a document without content is an empty mapping. Empty
   * when it cannot be read, which is then among the problems.
   */
  static Optional<Node> read(Path file, String text, Variables variables, Problems problems) {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      return Optional.of(new Yaml(file, content, variables, problems).document());
    } catch (YamlEngineException broken) {
      SyntaxError.of(broken, file, content).addTo(problems);
    } catch (Refused told) {
      assert problems.failed() : told;
    }
    return Optional.empty();
  }

  private Node document() {
    Node content = null;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent && content != null) {
        throw refused(at(event), "a second document begins", "remove `---`, or use `include`");
      } else if (event instanceof NodeEvent) {
        content = node(event, 0);
      }
    }
    Position start = Position.startOf(file);
    return content == null || content.isNothing() ? new Node.Mapping(start, List.of()) : content;
  }

  private Node node(Event event, int depth) {
    deepest = Math.max(deepest, depth);
    count(event, 1, depth);
    return switch (event) {
      case AliasEvent alias -> aliased(alias, depth);
      case ScalarEvent scalar -> scalar(scalar);
      case CollectionStartEvent start -> collection(start, depth);
      default -> throw new IllegalStateException(event.toString());
    };
  }

  private void count(Event event, int more, int depth) {
    nodes += more;
    if (nodes > MAX_NODES) {
      String what = "the document has more than " + MAX_NODES + " values";
      throw refused(at(event), what, "use fewer aliases (`*name`)");
    }
    if (depth > MAX_DEPTH) {
      throw refused(at(event), "nested deeper than " + MAX_DEPTH + " levels", "flatten it");
    }
  }

  private Node aliased(AliasEvent alias, int depth) {
    String name = alias.getAlias().getValue();
    Anchored anchored = anchors.get(name);
    if (anchored == null) {
      throw refusedAlias(name, at(alias));
    }
    count(alias, anchored.nodes - 1, depth + anchored.depth);
    deepest = Math.max(deepest, depth + anchored.depth);
    return anchored.node;
  }

  private Refused refusedAlias(String name, Position at) {
    if (name.endsWith(":")) {
      return refused(at, SyntaxError.STAR, SyntaxError.QUOTE_STAR);
    }
    String shown = "`*" + name + "`";
    return unfinished.contains(name)
        ? refused(at, shown + " stands inside what it repeats", "remove it")
        : refused(at, shown + " has no `&" + name + "` before it", SyntaxError.QUOTE_STAR);
  }

  private Node scalar(ScalarEvent event) {
    Position at = at(event);
    refuseTag(event.getTag(), at);
    String text = variables.replacedIn(event.getValue(), at, problems);
    boolean plain = event.isPlain() && text.equals(event.getValue());
    if (plain && text.isEmpty() && event.getAnchor().isPresent()) {
      String shown = "`&" + event.getAnchor().get().getValue() + "`";
      problems.unreadable(at, shown + " names an anchor of nothing", "quote it if it is text");
    }
    Node.Scalar scalar = new Node.Scalar(at, text, plain);
    event
        .getAnchor()
        .ifPresent(anchor -> anchors.put(anchor.getValue(), new Anchored(scalar, 1, 0)));
    return scalar;
  }

  private Node collection(CollectionStartEvent start, int depth) {
    refuseTag(start.getTag(), at(start));
    String anchor = start.getAnchor().map(Anchor::getValue).orElse("");
    int nodesBefore = nodes;
    int deepestBefore = deepest;
    unfinished.add(anchor);
    deepest = depth;
    Node node =
        start.getEventId() == Event.ID.MappingStart
            ? mapping(start, depth)
            : sequence(start, depth);
    unfinished.remove(anchor);
    if (!anchor.isEmpty()) {
      anchors.put(anchor, new Anchored(node, nodes - nodesBefore + 1, deepest - depth));
    }
    deepest = Math.max(deepest, deepestBefore);
    return node;
  }

  private Node sequence(CollectionStartEvent start, int depth) {
    List<Node> items = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      items.add(node(event, depth + 1));
    }
    return new Node.Sequence(at(start), items);
  }

  private Node mapping(CollectionStartEvent start, int depth) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      Node.@Nullable Scalar key = key(node(event, depth + 1));
      Node value = node(events.next(), depth + 1);
      if (key != null) {
        Node.Entry before = entries.putIfAbsent(key.text(), new Node.Entry(key, value));
        if (before != null) {
          String what = "the key " + quote(key.text()) + " already stands in line ";
          problems.error(key.at(), what + before.key().at().line(), "keep one of the two");
        }
      }
    }
    return new Node.Mapping(at(start), List.copyOf(entries.values()));
  }

  private Node.@Nullable Scalar key(Node node) {
    if (!(node instanceof Node.Scalar key)) {
      String hint = "quote it if the brackets or braces are part of the text";
      problems.error(node.at(), node.noun() + " stands where a key belongs", hint);
      return null;
    }
    if (key.plain() && key.text().isEmpty()) {
      problems.error(key.at(), "a key is missing before `:`", "write the key, or `\"\"`");
      return null;
    }
    if (key.plain() && key.text().equals("<<")) {
      String hint = "write the keys out, or repeat a whole value with `*name`";
      problems.error(key.at(), "the merge key `<<` is not part of YAML 1.2", hint);
      return null;
    }
    return key;
  }

  private void refuseTag(Optional<String> tag, Position at) {
    if (tag.isPresent()) {
      String hint = "remove it, or quote the text if it begins with `!`";
      String shown = quote(tag.get().replace("tag:yaml.org,2002:", "!!"));
      problems.unreadable(at, "the tag " + shown + " has no meaning here", hint);
    }
  }

  private Refused refused(Position at, String what, String hint) {
    problems.error(at, what, hint);
    return new Refused();
  }

  private Position at(Event event) {
    Mark mark = event.getStartMark().orElseThrow();
    return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
