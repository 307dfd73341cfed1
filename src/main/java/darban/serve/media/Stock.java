package darban.serve.media;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.media.library.MediaInfo;
import darban.media.recording.Recording;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What a library has, wherever it lies: for pages. Paths are those of {@link Item}. What is not
 * there fails as {@link darban.base.Kind#NOT_FOUND}. Any event loop.
 */
interface Stock {
  /** Longer lists are cut. */
  int MOST = 20_000;

  /** Folders and films in a folder, in the order that people want. */
  Future<List<Item>> list(Exchange cause, String folder);

  /** Films in a folder and in all folders below it. */
  Future<List<Item>> all(Exchange cause, String folder);

  /** What is known of a film or a piece of music. */
  Future<About> about(Exchange cause, String path);

  /** A picture of it; drawn if there is no other. */
  Future<Reply> poster(Exchange cause, String path);

  /**
   * What is known of a film or a piece of music.
   *
   * @param item itself
   * @param info what is in it; empty if it is broken
   * @param wrong why it is broken, or nothing
   * @param texts subtitles beside it
   */
  record About(Item item, Optional<MediaInfo> info, String wrong, List<Recording.Text> texts) {
    public About {
      texts = List.copyOf(texts);
    }

    /** Of what was read of it. */
    static About of(Item item, Facts.Known known, List<Recording.Text> texts) {
      long millis = known.info().map(MediaInfo::millis).orElse(-1L);
      Item told = new Item(item.kind(), item.path(), item.size(), item.modified(), millis);
      return new About(told, known.info(), known.wrong(), texts);
    }
  }
}
