package darban.media.hls;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a multivariant playlist means (RFC 8216bis §4.4.6), read from one of others or written as
 * one of ours. What it leaves out or puts in another order is done to the lines themselves, so that
 * all else stays as it was. Immutable, any thread.
 */
public final class MultivariantPlaylist {
  private final HlsPlaylist playlist;
  private final List<Place> places = new ArrayList<>();
  private final List<Rendition> renditions = new ArrayList<>();
  private final List<Attributes> sessionKeys = new ArrayList<>();
  private Optional<Attributes> steering = Optional.empty();
  private boolean independentSegments;

  /** A variant, on the lines from {@code from} to before {@code to}. */
  private record Place(Variant variant, int from, int to) {}

  private MultivariantPlaylist(HlsPlaylist playlist) {
    this.playlist = playlist;
    List<Line> lines = playlist.lines();
    int open = -1;
    for (int i = 0; i < lines.size(); i++) {
      switch (lines.get(i)) {
        case Line.Uri uri -> {
          if (open >= 0 && lines.get(open) instanceof Line.Tag tag) {
            places.add(new Place(new Variant(tag.attributes(), uri.uri(), false), open, i + 1));
            open = -1;
          }
        }
        case Line.Tag tag -> {
          open = tag.name().equals("EXT-X-STREAM-INF") ? i : open;
          take(tag, i);
        }
        case Line.Other other -> {}
      }
    }
  }

  private void take(Line.Tag tag, int at) {
    switch (tag.name()) {
      case "EXT-X-I-FRAME-STREAM-INF" -> {
        Attributes attributes = tag.attributes();
        places.add(new Place(new Variant(attributes, attributes.text("URI"), true), at, at + 1));
      }
      case "EXT-X-MEDIA" -> renditions.add(new Rendition(tag.attributes()));
      case "EXT-X-SESSION-KEY" -> sessionKeys.add(tag.attributes());
      case "EXT-X-CONTENT-STEERING" -> steering = Optional.of(tag.attributes());
      case "EXT-X-INDEPENDENT-SEGMENTS" -> independentSegments = true;
      default -> {}
    }
  }

  /** Reads what the lines mean. */
  public static MultivariantPlaylist of(HlsPlaylist playlist) {
    return new MultivariantPlaylist(playlist);
  }

  /** The lines. */
  public HlsPlaylist playlist() {
    return playlist;
  }

  /** Variants to be played, in their order. */
  public List<Variant> variants() {
    return places.stream().map(Place::variant).filter(each -> !each.iFrames()).toList();
  }

  /** Variants to be skimmed through. */
  public List<Variant> iFrames() {
    return places.stream().map(Place::variant).filter(Variant::iFrames).toList();
  }

  /** Sound, subtitles and angles. */
  public List<Rendition> renditions() {
    return List.copyOf(renditions);
  }

  /** Keys that may be fetched beforehand. */
  public List<Attributes> sessionKeys() {
    return List.copyOf(sessionKeys);
  }

  /** Where pathways are told. */
  public Optional<Attributes> steering() {
    return steering;
  }

  /** Whether every segment can be decoded by itself. */
  public boolean independentSegments() {
    return independentSegments;
  }

  /**
   * The playlist with only those variants that {@code wanted} has. If it has none that can be
   * played, all stay: a player could do nothing with the rest.
   */
  public HlsPlaylist keeping(Predicate<Variant> wanted) {
    if (variants().stream().noneMatch(wanted)) {
      return playlist;
    }
    boolean[] dropped = new boolean[playlist.lines().size()];
    for (Place place : places) {
      for (int i = place.from; i < place.to && !wanted.test(place.variant); i++) {
        dropped[i] = true;
      }
    }
    List<Line> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    for (int i = 0; i < dropped.length; i++) {
      if (!dropped[i]) {
        lines.add(playlist.lines().get(i));
        ends.add(playlist.ends().get(i));
      }
    }
    return new HlsPlaylist(lines, ends);
  }

  /** The playlist with the variants that are played in another order. */
  public HlsPlaylist ordered(Comparator<Variant> order) {
    List<Place> slots = places.stream().filter(each -> !each.variant.iFrames()).toList();
    List<Place> sorted = new ArrayList<>(slots);
    sorted.sort(Comparator.comparing(Place::variant, order));
    List<Line> lines = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < slots.size(); i++) {
      copy(at, slots.get(i).from, lines, ends);
      copy(sorted.get(i).from, sorted.get(i).to, lines, ends);
      at = slots.get(i).to;
    }
    copy(at, playlist.lines().size(), lines, ends);
    return new HlsPlaylist(lines, ends);
  }

  /**
   * The playlist with the best variant of at most {@code bandwidth} bits a second in front, from
   * where players start; the others follow as they were.
   */
  public HlsPlaylist startingWithin(long bandwidth) {
    Optional<Variant> first =
        variants().stream()
            .filter(each -> each.bandwidth() <= bandwidth)
            .max(Comparator.comparingLong(Variant::bandwidth))
            .or(() -> variants().stream().min(Comparator.comparingLong(Variant::bandwidth)));
    return ordered(Comparator.comparing(each -> !first.filter(each::equals).isPresent()));
  }

  /**
   * The playlist with its pathways told by {@code server}.
   *
   * @param pathways each of which gets all variants; the first is where players begin. Of those the
   *     playlist has itself, only where players would begin stays. None to leave them.
   */
  public HlsPlaylist steered(String server, List<Pathway> pathways) {
    return new Steering(this, server, pathways).playlist();
  }

  /** The pathway where players begin. */
  String firstPathway() {
    return steering
        .flatMap(told -> told.get("PATHWAY-ID"))
        .orElseGet(() -> variants().isEmpty() ? "." : variants().getFirst().pathway());
  }

  /** Told a variant and its lines. */
  interface Places {
    void place(Variant variant, int from, int to);
  }

  /** Tells of all variants, and on which lines they are: from, and to before. */
  void eachVariant(Places told) {
    places.forEach(each -> told.place(each.variant, each.from, each.to));
  }

  /** Lines that lie between, with an end where the last line of a file had none. */
  private void copy(int from, int to, List<Line> lines, List<String> ends) {
    for (int i = from; i < to; i++) {
      lines.add(playlist.lines().get(i));
      String end = playlist.ends().get(i);
      ends.add(end.isEmpty() ? "\n" : end);
    }
  }

  /** Writes one of ours. */
  public static Builder builder(int version) {
    return new Builder(version);
  }

  /** Writes a playlist, line by line in the order it is told. Confined to one thread. */
  public static final class Builder {
    private final StringBuilder out = new StringBuilder("#EXTM3U\n");

    private Builder(int version) {
      out.append("#EXT-X-VERSION:").append(version).append("\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    }

    private Builder tag(String name, Attributes attributes) {
      out.append('#').append(name).append(':').append(attributes.raw()).append('\n');
      return this;
    }

    /** Where pathways are told. */
    public Builder steering(String serverUri, String pathway) {
      return tag(
          "EXT-X-CONTENT-STEERING",
          Attributes.builder()
              .quoted("SERVER-URI", serverUri)
              .quoted("PATHWAY-ID", pathway)
              .build());
    }

    /** A key that may be fetched beforehand. */
    public Builder sessionKey(Attributes key) {
      return tag("EXT-X-SESSION-KEY", key);
    }

    /** Sound, subtitles or an angle. */
    public Builder rendition(Rendition rendition) {
      return tag("EXT-X-MEDIA", rendition.attributes());
    }

    /** A variant. */
    public Builder variant(Variant variant) {
      if (variant.iFrames()) {
        return tag("EXT-X-I-FRAME-STREAM-INF", variant.attributes());
      }
      tag("EXT-X-STREAM-INF", variant.attributes());
      out.append(HlsPlaylist.encoded(variant.uri())).append('\n');
      return this;
    }

    /** The playlist. */
    public HlsPlaylist build() {
      return HlsPlaylist.read(java.nio.ByteBuffer.wrap(Attributes.bytes(out.toString())));
    }
  }
}
