package darban.serve.media;

import darban.exchange.Exchange;
import darban.flow.Watched;
import darban.http.FieldName;
import darban.observe.Title;
import darban.observe.Titles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request for something of a film, counted while it is answered: a whole film can take hours. It
 * counts for nothing unless it is answered with something, so that nobody makes films up. Event
 * loop of the exchange, with which it ends.
 */
final class Visit implements Watched {
  private final Exchange exchange;
  private final Titles<String, Title> films;
  private final String film;
  private final int viewer;
  private @Nullable Title title;
  private long sent;
  private long received;
  private int watchIndex = -1;

  private Visit(Exchange exchange, Titles<String, Title> films, String film) {
    this.exchange = exchange;
    this.films = films;
    // As many slashes as anybody likes lead to the same file.
    this.film = film.contains("//") ? film.replaceAll("/{2,}", "/") : film;
    this.viewer =
        Objects.hash(
            exchange.clientAddress(), exchange.received().fields().get(FieldName.USER_AGENT));
  }

  /**
   * Counts an exchange until it is over, unless it is already.
   *
   * @param film its path inside the library, decoded
   */
  static void begin(Exchange exchange, Titles<String, Title> films, String film) {
    if (exchange.over()) {
      return;
    }
    Visit visit = new Visit(exchange, films, film);
    exchange.onFetched(visit::fetched);
    exchange.onOver(visit::over);
    exchange.loop().watch(visit);
  }

  /** Of an origin; what comes when the exchange is over counts too, if it counted. */
  private void fetched(long bytes) {
    received += bytes;
    if (title != null) {
      title.received(received);
      received = 0;
    }
  }

  @Override
  public void tick(long nanos) {
    if (exchange.status() >= 200 && exchange.status() < 400) {
      count(title == null ? begun(nanos) : title, nanos);
    }
  }

  private Title begun(long nanos) {
    Title begun = films.of(film, nanos);
    begun.requested();
    return begun;
  }

  private void count(Title counting, long nanos) {
    title = counting;
    long all = exchange.bytesSent();
    counting.sent(viewer, all - sent, nanos);
    sent = all;
    fetched(0);
  }

  private void over() {
    exchange.loop().unwatch(this);
    tick(exchange.loop().nanos());
    if (title == null) {
      // Who left before he was answered had something fetched all the same.
      title = films.known(film);
      fetched(0);
    }
  }

  @Override
  public int watchIndex() {
    return watchIndex;
  }

  @Override
  public void watchIndex(int index) {
    watchIndex = index;
  }
}
