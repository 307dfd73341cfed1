package darban.listen.web;

import static darban.config.Shapes.duration;
import static darban.config.Shapes.headSize;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;

import darban.base.Limits;
import darban.base.Timeouts;
import darban.config.Keys;
import darban.config.Shape;
import darban.config.Values;
import java.util.function.Function;

/** How {@link Limits} and {@link Timeouts} are written. */
final class LimitsConfig {
  private LimitsConfig() {}

  /** What clients may ask, and how many of them. */
  record Bounds(Limits limits, Crowd crowd) {}

  static final Shape<Bounds> BOUNDS =
      section(
          "limits",
          keys -> {
            var limits = limits(keys);
            var crowd = Crowd.read(keys);
            return values -> new Bounds(limits.apply(values), crowd.apply(values));
          });

  private static Function<Values, Limits> limits(Keys keys) {
    var target = keys.withDefault("target", headSize(), "8KiB", "A request target");
    var field = keys.withDefault("field", headSize(), "16KiB", "One field line");
    var fields = keys.withDefault("fields", integer(8, 10_000), "128", "Field lines of a head");
    var head = keys.withDefault("head", headSize(), "32KiB", "A whole request head");
    var body = keys.withDefault("body", size(), "0", "A request body; 0 for no bound");
    var trailers = keys.withDefault("trailers", headSize(), "8KiB", "A trailer section");
    var chunkLine =
        keys.withDefault("chunk-line", headSize(), "256", "A chunk's size and extensions");
    var streams =
        keys.withDefault("streams", integer(1, 10_000), "100", "Concurrent streams of h2 and h3");
    var floods =
        keys.withDefault(
            "floods",
            integer(10, 100_000),
            "100",
            "Useless frames or broken streams in ten seconds that end a connection of h2 or h3");
    return values ->
        new Limits(
            values.get(target),
            values.get(field),
            values.get(fields),
            values.get(head),
            values.get(body),
            values.get(trailers),
            values.get(chunkLine),
            Limits.DEFAULT.interim(),
            values.get(streams),
            values.get(floods));
  }

  static final Shape<Timeouts> TIMEOUTS =
      section(
          "timeouts",
          keys -> {
            var handshake =
                keys.withDefault("handshake", duration(), "10s", "A TLS or QUIC handshake");
            var head = keys.withDefault("head", duration(), "10s", "A request head, to its end");
            var idle = keys.withDefault("idle", duration(), "60s", "Between two requests");
            var body = keys.withDefault("body", duration(), "30s", "Silence in a request body");
            var write = keys.withDefault("write", duration(), "60s", "A client that takes nothing");
            var window =
                keys.withDefault(
                    "window", duration(), "30s", "An HTTP/2 stream whose window stays shut");
            var tunnel =
                keys.withDefault("tunnel", duration(), "1h", "Silence both ways in a tunnel");
            var minRate =
                keys.withDefault(
                    "min-rate", size(), "240", "Bytes a second of a request body; 0 for none");
            var after =
                keys.withDefault("min-rate-after", duration(), "20s", "Grace before that counts");
            return values ->
                new Timeouts(
                    values.get(handshake),
                    values.get(head),
                    values.get(idle),
                    values.get(body),
                    values.get(write),
                    values.get(window),
                    values.get(tunnel),
                    values.get(minRate),
                    values.get(after));
          });
}
