package darban.app;

import darban.observe.Meters;
import darban.observe.Title;
import darban.observe.Titles;
import darban.serve.media.Library;
import darban.stage.cache.EdgeAudience;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * What is measured of streams of others and of films, which come and go with those who watch them:
 * read when Prometheus asks, of the configuration that is in force then. Any thread.
 */
final class TitleMeasurements {
  private final Meters meters;
  private final Supplier<Graph> graph;

  /** Measures nothing yet; {@code graph} is the one in force. */
  TitleMeasurements(Meters meters, Supplier<Graph> graph) {
    this.meters = meters;
    this.graph = graph;
  }

  /** Begins to measure streams of others. */
  void edge() {
    edge("viewers", "Viewers of a stream of others of late", each -> (double) each.viewers());
    edge("requests", "Requests of viewers", each -> (double) each.requests());
    edge("fetches", "Requests to the origin", each -> (double) each.fetches());
    edge("sent.bytes", "Bytes that viewers got", each -> (double) each.sent());
    edge("received.bytes", "Bytes that the origin sent", each -> (double) each.received());
    edge(
        "held.requests",
        "Requests for a state of a playlist, held until it was there",
        each -> (double) each.holds());
    edge("held.seconds", "How long they were held", each -> (double) each.heldNanos() / 1e9);
    edge(
        "offload.ratio",
        "Which part of what viewers got the origin need not have sent",
        each -> Title.offload(each.sent(), each.received()));
    edge(
        "lag.mean.seconds",
        "From bytes of an origin to a viewer who waited for them, on average",
        each -> (double) each.lagNanos() / 1e9 / (double) Math.max(1, each.lags()));
  }

  private void edge(String name, String doc, ToDoubleFunction<EdgeAudience.Figures> read) {
    meters.table(
        "darban.edge." + name,
        doc,
        () -> {
          Map<List<String>, Double> rows = new HashMap<>();
          for (EdgeAudience.Figures each :
              graph.get().caching().audience().figures(System.nanoTime())) {
            List<String> labels = List.of("service", each.service(), "stream", each.name());
            put(rows, labels, read.applyAsDouble(each));
          }
          return rows;
        });
  }

  /** Nothing is told where there is no number yet. */
  private static void put(Map<List<String>, Double> rows, List<String> labels, double value) {
    if (!Double.isNaN(value)) {
      rows.put(labels, value);
    }
  }

  // Films

  /** Begins to measure films. */
  void films() {
    films(
        "viewers", "Viewers of a film of late", (library, film) -> film.viewers(System.nanoTime()));
    films("requests", "Requests of viewers", (library, film) -> film.requests());
    films("sent.bytes", "Bytes that viewers got", (library, film) -> film.sent());
    films(
        "received.bytes",
        "Bytes of answers that the origin sent for a film's viewers, past the cache",
        (library, film) -> isFar(library) ? film.received() : Double.NaN);
    films(
        "offload.ratio",
        "Which part of what viewers got the origin need not have sent",
        (library, film) ->
            isFar(library) ? Title.offload(film.sent(), film.received()) : Double.NaN);
  }

  /** Whether there is an origin that its films come from. */
  private static boolean isFar(Library library) {
    return library.config().origin().isPresent();
  }

  /** Films come and go with their viewers, and there are no more than {@link Titles} has. */
  private void films(String name, String doc, ToDoubleBiFunction<Library, Title> read) {
    meters.table(
        "darban.film." + name,
        doc,
        () -> {
          Map<List<String>, Double> rows = new HashMap<>();
          for (Library library : graph.get().libraries()) {
            library
                .films()
                .forEach((film, title) ->
                    put(
                        rows,
                        List.of("library", library.name(), "film", film),
                        read.applyAsDouble(library, title)));
          }
          return rows;
        });
  }
}
