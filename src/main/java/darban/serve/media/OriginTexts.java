package darban.serve.media;

import darban.exchange.Exchange;
import darban.media.recording.Recording;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The subtitles beside a film behind an origin, as they are now. Immutable, any thread.
 *
 * @param names in the order they are offered
 * @param contents theirs
 */
record OriginTexts(List<String> names, List<ByteBuffer> contents) {
  private static final OriginTexts NONE = new OriginTexts(List.of(), List.of());
  private static final int MOST = 16;
  private static final int LONGEST = 4 << 20;

  /** Those of a film; none where the origin does not tell what lies beside it. */
  static Future<OriginTexts> beside(
      Exchange cause, OriginSite site, OriginIndex index, String film) {
    int slash = film.lastIndexOf('/');
    String folder = film.substring(0, Math.max(0, slash));
    String name = film.substring(slash + 1);
    return index
        .names(cause, folder)
        .recover(untold -> Future.succeededFuture(List.of()))
        .compose(names -> {
          List<String> texts =
              names.stream()
                  .filter(each -> Texts.isBeside(each, name))
                  .sorted()
                  .limit(MOST)
                  .toList();
          List<Future<Optional<OriginSite.Text>>> got = new ArrayList<>();
          for (String each : texts) {
            String path = folder.isEmpty() ? each : folder + "/" + each;
            got.add(
                site.text(cause, OriginSite.address(path), LONGEST)
                    .recover(gone -> Future.succeededFuture(Optional.empty())));
          }
          return Future.all(got).map(all -> of(texts, got));
        });
  }

  private static OriginTexts of(
      List<String> names, List<Future<Optional<OriginSite.Text>>> contents) {
    if (names.isEmpty()) {
      return NONE;
    }
    List<String> there = new ArrayList<>();
    List<ByteBuffer> bytes = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Optional<OriginSite.Text> text = contents.get(i).result();
      if (text.isPresent()) {
        there.add(names.get(i));
        bytes.add(text.get().bytes());
      }
    }
    return new OriginTexts(there, bytes);
  }

  /** Differs wherever one of them does. */
  String stamp() {
    StringBuilder stamp = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      stamp.append(names.get(i)).append('/');
      stamp.append(HexFormat.of().toHexDigits(contents.get(i).hashCode())).append('\n');
    }
    return stamp.toString();
  }

  /** What is in them. */
  List<Recording.Text> read(String film) {
    List<Recording.Text> texts = new ArrayList<>();
    String beside = film.substring(film.lastIndexOf('/') + 1);
    for (int i = 0; i < names.size(); i++) {
      ByteBuffer content = contents.get(i).duplicate();
      byte[] bytes = new byte[content.remaining()];
      content.get(bytes);
      Texts.read(names.get(i), beside, bytes).ifPresent(texts::add);
    }
    return texts;
  }
}
