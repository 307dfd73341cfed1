package darban.stage.cache;

import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.testkit.Noise;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an origin has under one URL at one time, for the requests that select it. Its bytes are made
 * from its name, so that any run of them tells whose they are and from where. Immutable.
 *
 * @param url number of the URL
 * @param name unique; also the opaque part of its entity tag
 * @param language the Accept-Language that selects it, {@code *} for any
 * @param status 200 mostly
 * @param length bytes
 * @param look how it presents itself
 * @param control what it says in Cache-Control
 * @param tags in Surrogate-Key
 */
record Revision(
    int url,
    String name,
    String language,
    int status,
    int length,
    Look look,
    Control control,
    List<String> tags) {
  /** Which revision an answer is of: kept with what is stored. */
  static final FieldName NAME = FieldName.of("X-Revision");

  private static final FieldName TAGS = FieldName.of("Surrogate-Key");

  /** How the validator is made. */
  enum Validator {
    STRONG,
    WEAK,
    DATE,
    NONE
  }

  /**
   * How a revision presents itself.
   *
   * @param modified epoch seconds; no two revisions of a URL have the same
   * @param chunked whether its length is not told
   * @param ranges whether parts of it can be asked for
   */
  record Look(Validator validator, long modified, boolean chunked, boolean ranges) {}

  /**
   * Cache-Control and what it means.
   *
   * @param text as it is sent; empty for none
   * @param lifetime seconds; -1 for a heuristic
   * @param whileRevalidate seconds
   * @param ifError seconds
   * @param shared whether others than who asked may have it
   * @param always whether it must be validated each time
   * @param authorized whether it may answer others though the request had Authorization
   */
  record Control(
      String text,
      long lifetime,
      long whileRevalidate,
      long ifError,
      boolean shared,
      boolean always,
      boolean authorized) {}

  /** Its bytes {@code [from, from + n)}. */
  ByteBuf bytes(int from, int n) {
    return Unpooled.directBuffer(n, n).writeBytes(Noise.array(), Noise.at(name, from), n);
  }

  /** Whether {@code bytes} are its own from {@code from} on. */
  boolean has(int from, byte[] bytes, int n) {
    return from + n <= length && Noise.is(name, from, bytes, n);
  }

  @Nullable Etag etag() {
    return switch (look.validator) {
      case STRONG -> new Etag(false, name);
      case WEAK -> new Etag(true, name);
      case DATE, NONE -> null;
    };
  }

  /** When it was last modified; null where it does not say so. */
  @Nullable Instant modified() {
    boolean told =
        switch (look.validator) {
          case DATE -> true;
          case STRONG, WEAK -> look.modified % 2 == 0;
          case NONE -> false;
        };
    return told ? Instant.ofEpochSecond(look.modified) : null;
  }

  /** Whether parts of it can be fetched at any time and put together. */
  boolean isResumable() {
    boolean strong = look.validator == Validator.STRONG || look.validator == Validator.DATE;
    return status == 200 && strong && look.ranges;
  }

  /** The fields of a whole answer at {@code now}, without its length. */
  Fields fields(Instant now) {
    Fields.Builder fields = Fields.builder(12);
    fields.add(NAME, name).add(FieldName.DATE, HttpDate.format(now));
    if (!control.text.isEmpty()) {
      fields.add(FieldName.CACHE_CONTROL, control.text);
    }
    Etag etag = etag();
    if (etag != null) {
      fields.add(FieldName.ETAG, etag.toString());
    }
    Instant modified = modified();
    if (modified != null) {
      fields.add(FieldName.LAST_MODIFIED, HttpDate.format(modified));
    }
    if (look.ranges) {
      fields.add(FieldName.ACCEPT_RANGES, "bytes");
    }
    if (!language.equals("*")) {
      fields.add(FieldName.VARY, "Accept-Language");
    }
    if (!tags.isEmpty()) {
      fields.add(TAGS, String.join(" ", tags));
    }
    return fields.build();
  }

  /** Seconds that it is fresh when it is sent at {@code now}. */
  long lifetime(Instant now) {
    if (control.lifetime >= 0) {
      return control.lifetime;
    }
    // RFC 9111 §4.2.2
    return modified() == null
        ? 0
        : Math.clamp((now.getEpochSecond() - look.modified) / 10 + 1, 0, 86_400);
  }
}
