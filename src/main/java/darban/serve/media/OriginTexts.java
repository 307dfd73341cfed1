package darban.serve.media;

import darban.base.Failure;
import darban.exchange.Exchange;
import darban.media.recording.Recording;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The subtitles beside a film behind an origin, as they are now. Immutable, any thread.
 *
 * @param stamp differs wherever one of them does
 * @param texts what is in them, in the order they are offered
 */
record OriginTexts(String stamp, List<Recording.Text> texts) {
  private static final OriginTexts NONE = new OriginTexts("", List.of());
  private static final int MOST = 16;
  private static final int LONGEST = 4 << 20;

  OriginTexts {
    texts = List.copyOf(texts);
  }

  /**
   * What is called as subtitles of a film are. None where the origin does not tell what lies beside
   * it.
   *
   * @param film its path
   */
  static Future<List<String>> names(
      Exchange cause, Library library, OriginIndex index, String film) {
    String folder = folder(film);
    String name = film.substring(film.lastIndexOf('/') + 1);
    return library
        .beside(
            cause.loop(),
            folder,
            turn ->
                turn.room(OriginIndex.LONGEST)
                    .compose(room ->
                        index
                            .names(cause, folder, turn::onGivenUp)
                            .onComplete(done -> room.close())))
        .recover(untold -> Future.succeededFuture(List.of()))
        .map(names -> names.stream().filter(Texts.beside(name)).sorted().limit(MOST).toList());
  }

  private static String folder(String film) {
    return film.substring(0, Math.max(0, film.lastIndexOf('/')));
  }

  /** Those of a film that have the {@code names}. */
  static Future<OriginTexts> of(
      Exchange cause, Library library, OriginSite site, String film, List<String> names) {
    if (names.isEmpty()) {
      return Future.succeededFuture(NONE);
    }
    return library.texts(
        cause.loop(),
        cause::onCancel,
        film + '\n' + names,
        turn ->
            turn.room((long) names.size() * LONGEST)
                .compose(room ->
                    contents(cause, site, folder(film), names, turn)
                        .compose(contents ->
                            OriginReading.blocking(cause.loop(), () -> read(film, names, contents)))
                        .onComplete(done -> room.close())));
  }

  private static Future<List<Optional<ByteBuffer>>> contents(
      Exchange cause, OriginSite site, String folder, List<String> names, Turns.Turn turn) {
    List<Consumer<Failure>> under = new ArrayList<>();
    turn.onGivenUp(why -> List.copyOf(under).forEach(each -> each.accept(why)));
    List<Future<Optional<ByteBuffer>>> got = new ArrayList<>();
    for (String each : names) {
      String path = folder.isEmpty() ? each : folder + "/" + each;
      got.add(
          site.text(cause, OriginSite.address(path), LONGEST, under::add)
              .map(text -> text.map(OriginSite.Text::bytes))
              .recover(gone -> Future.succeededFuture(Optional.empty())));
    }
    return Future.all(got).map(all -> got.stream().map(Future::result).toList());
  }

  private static OriginTexts read(
      String film, List<String> names, List<Optional<ByteBuffer>> contents) {
    String beside = film.substring(film.lastIndexOf('/') + 1);
    StringBuilder stamp = new StringBuilder();
    List<Recording.Text> texts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (contents.get(i).isPresent()) {
        ByteBuffer content = contents.get(i).get();
        stamp.append(names.get(i)).append('/');
        stamp.append(HexFormat.of().toHexDigits(content.hashCode())).append('\n');
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        Texts.read(names.get(i), beside, bytes).ifPresent(texts::add);
      }
    }
    return new OriginTexts(stamp.toString(), texts);
  }
}
