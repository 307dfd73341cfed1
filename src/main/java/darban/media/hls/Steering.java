package darban.media.hls;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Puts pathways into a multivariant playlist: copies of its variants, and of the groups of sound
 * and subtitles that they name (RFC 8216bis §4.4.6.6, §7.1). Used once; confined to one thread.
 */
final class Steering {
  private static final Set<String> VARIANTS =
      Set.of("EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF");
  private static final List<String> GROUPS = List.of("AUDIO", "VIDEO", "SUBTITLES");

  private final HlsPlaylist before;
  private final List<Pathway> pathways;
  private final Attributes told;

  /** Who is on a line: all pathways, none, or each by a copy. */
  private enum Use {
    SHARED,
    DROPPED,
    COPIED
  }

  private final Use[] uses;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();

  Steering(MultivariantPlaylist playlist, String server, List<Pathway> pathways) {
    this.before = playlist.playlist();
    this.pathways = pathways;
    this.told =
        Attributes.builder()
            .quoted("SERVER-URI", server)
            .quoted("PATHWAY-ID", start(playlist, pathways))
            .build();
    this.uses = new Use[before.lines().size()];
    for (int i = 0; i < uses.length; i++) {
      boolean old = before.lines().get(i) instanceof Line.Tag tag && isSteering(tag);
      uses[i] = old ? Use.DROPPED : Use.SHARED;
    }
    if (!pathways.isEmpty()) {
      survey(playlist);
    }
  }

  private static boolean isSteering(Line.Tag tag) {
    return tag.name().equals("EXT-X-CONTENT-STEERING");
  }

  private static String start(MultivariantPlaylist playlist, List<Pathway> pathways) {
    Optional<String> own = playlist.steering().flatMap(each -> each.get("PATHWAY-ID"));
    return pathways.isEmpty() ? own.orElse("") : pathways.getFirst().id();
  }

  private void survey(MultivariantPlaylist playlist) {
    String start = playlist.firstPathway();
    Set<String> groups = new HashSet<>();
    playlist.eachVariant((variant, from, to) -> {
      boolean kept = variant.pathway().equals(start);
      for (int i = from; i < to; i++) {
        uses[i] = kept ? Use.COPIED : Use.DROPPED;
      }
      if (kept) {
        GROUPS.forEach(type -> groups.add(type + ' ' + variant.attributes().text(type)));
      }
    });
    for (int i = 0; i < uses.length; i++) {
      if (before.lines().get(i) instanceof Line.Tag tag && tag.name().equals("EXT-X-MEDIA")) {
        Rendition rendition = new Rendition(tag.attributes());
        boolean named = groups.contains(rendition.type() + ' ' + rendition.group());
        uses[i] = named ? Use.COPIED : Use.SHARED;
      }
    }
  }

  /** The playlist; the lines of the first pathway stay where they were, those of others follow. */
  HlsPlaylist playlist() {
    for (int i = 0; i < uses.length; i++) {
      Line line = before.lines().get(i);
      switch (uses[i]) {
        case SHARED -> add(line, before.ends().get(i));
        case COPIED -> add(on(pathways.getFirst(), line, true), before.ends().get(i));
        case DROPPED -> {}
      }
      if (i == 0) {
        add(Line.of("#EXT-X-CONTENT-STEERING:" + told.raw()), before.ends().get(i));
      }
    }
    for (Pathway each : pathways.subList(Math.min(1, pathways.size()), pathways.size())) {
      for (int i = 0; i < uses.length; i++) {
        if (uses[i] == Use.COPIED) {
          add(on(each, before.lines().get(i), false), before.ends().get(i));
        }
      }
    }
    return new HlsPlaylist(lines, ends);
  }

  /** The last line of a file may have had no end. */
  private void add(Line line, String end) {
    lines.add(line);
    ends.add(end.isEmpty() ? "\n" : end);
  }

  private static Line on(Pathway pathway, Line line, boolean first) {
    UriRewrite there = (use, uri) -> pathway.address().apply(uri);
    return switch (line) {
      case Line.Uri uri -> there.of(uri, UriUse.VARIANT, Variables.NONE);
      case Line.Tag tag -> named(there.of(tag, Variables.NONE), pathway.id(), first);
      case Line.Other other -> other;
    };
  }

  /** The tag with its pathway; groups of others than the first have its name in theirs. */
  private static Line named(Line.Tag tag, String pathway, boolean first) {
    boolean variant = VARIANTS.contains(tag.name());
    Attributes attributes = tag.attributes();
    if (!first) {
      for (String each : variant ? GROUPS : List.of("GROUP-ID")) {
        attributes = attributes.replaced(each, attributes.text(each) + '@' + pathway);
      }
    }
    return tag.with(variant ? attributes.with("PATHWAY-ID", pathway) : attributes);
  }
}
