package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Secret;
import darban.exchange.Representation;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.media.MalformedMedia;
import darban.media.Pieces;
import darban.media.recording.Recording;
import darban.serve.Folder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Something made of a film, as it is answered. Immutable; what it takes to make one is for worker
 * threads.
 *
 * @param type of the content
 * @param etag of the content
 * @param caching how long caches may keep it
 * @param pieces the content, of the film's files
 * @param making what the content becomes before it is sent, all of it in memory; null: nothing else
 */
record Offer(
    String type, Etag etag, String caching, Pieces pieces, Product.@Nullable Making making) {
  private static final Pattern NUMBER = Pattern.compile("/(?:frame-)?(\\d+)\\.(?:m4s|ts)$");

  /** Longer segments are not worked on. */
  private static final long MOST_MADE = 128 << 20;

  /** Segments change only with their file, whose name is the same then. */
  private static final String SEGMENTS = "public, max-age=3600";

  private static final String OTHERS = "public, no-cache";

  /** Differs wherever the same file is written otherwise than before. */
  private static final int VERSION = 2;

  private static final Set<String> MOVIES = Set.of("mp4", "m4v", "m4a", "mov", "3gp");

  /** Whether a file of that name is likely to be a film. */
  static boolean isMovie(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && MOVIES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /** Whether what is found under a name has to do with subtitles. */
  static boolean tellsTexts(String name) {
    return name.startsWith("index.") || name.startsWith("s");
  }

  /** What is said of a file that is no film. */
  static Failure unplayable(String why) {
    return Failure.of(Kind.UNPLAYABLE, "this file cannot be played: " + why);
  }

  /**
   * What a film has under a name.
   *
   * @param file of the film's file
   */
  static Offer of(Film film, String name, Etag file, LibraryConfig config) {
    if (name.equals(SegmentKey.NAME)) {
      return key(config.key().orElseThrow(Folder::notFound), file);
    }
    Film.Playable playable =
        switch (film) {
          case Film.Broken(Film.Stamp stamp, String why) -> throw unplayable(why);
          case Film.Playable known -> known;
        };
    try {
      boolean texts = tellsTexts(name);
      String tag = file.opaque() + "-" + VERSION + "-" + config.segment().toMillis();
      String told = "-" + Integer.toHexString(playable.stamp().texts().hashCode());
      Etag etag = new Etag(false, texts ? tag + told : tag);
      Offer clear =
          name.endsWith(".ts")
              ? transport(playable.recording(), name, etag)
              : answer(playable.recording(), name, etag);
      return config.key().map(secret -> encrypted(clear, name, secret, file)).orElse(clear);
    } catch (MalformedMedia wrong) {
      throw unplayable(wrong.getMessage());
    }
  }

  private static Offer answer(Recording recording, String name, Etag etag) {
    Recording.Answer answer = inner(name).flatMap(recording::answer).orElseThrow(Folder::notFound);
    boolean segment = name.indexOf('/') >= 0 && !tellsTexts(name);
    return new Offer(answer.mediaType(), etag, segment ? SEGMENTS : OTHERS, answer.pieces(), null);
  }

  private static Offer transport(Recording recording, String name, Etag etag) {
    TransportSegment segment =
        new TransportSegment(recording.transport(name).orElseThrow(Folder::notFound));
    return new Offer("video/mp2t", etag, SEGMENTS, segment.payload(), segment::mux);
  }

  /** Segments are; what tells of them is not, and of DASH there is none. */
  private static Offer encrypted(Offer clear, String name, Secret secret, Etag file) {
    Matcher segment = NUMBER.matcher(name);
    if (name.endsWith(".mpd")) {
      throw Folder.notFound();
    }
    Etag etag = new Etag(false, clear.etag.opaque() + "-e");
    Product.Making making = clear.making;
    if (segment.find()) {
      SegmentKey key = new SegmentKey(secret, file);
      long number = Long.parseLong(segment.group(1));
      making = bytes -> encrypted(key, number, clear.making, bytes);
    }
    return new Offer(clear.type, etag, clear.caching, clear.pieces, making);
  }

  private static ByteBuf encrypted(
      SegmentKey key, long number, Product.@Nullable Making before, ByteBuffer content) {
    if (before == null) {
      return key.encrypt(number, content);
    }
    ByteBuf clear = before.of(content);
    try {
      return key.encrypt(number, clear.nioBuffer());
    } finally {
      clear.release();
    }
  }

  /** The key that segments are encrypted with. */
  static Offer key(Secret secret, Etag file) {
    Pieces key = Pieces.builder().made(new SegmentKey(secret, file).bytes()).build();
    return new Offer("application/octet-stream", file, "private, no-cache", key, null);
  }

  /** The file itself, its head in front. */
  static Offer whole(Pieces film, String type, Etag file) {
    Etag etag = new Etag(false, file.opaque() + "-f" + VERSION);
    return new Offer(type, etag, OTHERS, film, null);
  }

  /** The name that the recording knows; everything has one name only. */
  private static Optional<String> inner(String name) {
    return switch (name) {
      case "index.m3u8" -> Optional.of("master.m3u8");
      case "index.mpd" -> Optional.of("manifest.mpd");
      case "master.m3u8", "manifest.mpd" -> Optional.empty();
      default -> Optional.of(name);
    };
  }

  /** A length that may be in memory as a whole. */
  static int inMemory(long bytes) {
    if (bytes > MOST_MADE) {
      throw unplayable("its key frames are too far apart for this");
    }
    return (int) bytes;
  }

  /** What its content becomes; {@code content} is all of that, and the caller's yet. */
  Product made(ByteBuffer content) {
    return new Product(this, Objects.requireNonNull(making).of(content));
  }

  /** For requests that want it as it is: whole, in parts, or only if it is another one. */
  Representation representation() {
    return representation(pieces.length());
  }

  /** The same where it has become so many bytes. */
  Representation representation(long length) {
    Fields fields =
        Fields.builder(8)
            .add(FieldName.CONTENT_TYPE, type)
            .add(FieldName.ETAG, etag.toString())
            .add(FieldName.CACHE_CONTROL, caching)
            .add(FieldName.ACCEPT_RANGES, "bytes")
            .build();
    return new Representation(fields, length, etag, null);
  }
}
