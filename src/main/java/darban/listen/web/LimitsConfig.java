package darban.listen.web;

import static darban.config.Shapes.duration;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.section;
import static darban.config.Shapes.size;
import static darban.config.Shapes.within;

import darban.base.Limits;
import darban.base.Timeouts;
import darban.config.Shape;

/** How {@link Limits} and {@link Timeouts} are written. */
final class LimitsConfig {
  private LimitsConfig() {}

  /** Heads are read into memory that each event loop has once, so there is an end to them. */
  private static final Shape<Long> MEMORY = within(size(), "256", "96KiB");

  static final Shape<Limits> LIMITS =
      section(
          "limits",
          keys -> {
            var target = keys.withDefault("target", MEMORY, "8KiB", "A request target");
            var field = keys.withDefault("field", MEMORY, "16KiB", "One field line");
            var fields =
                keys.withDefault("fields", integer(8, 10_000), "128", "Field lines of a head");
            var head = keys.withDefault("head", MEMORY, "32KiB", "A whole request head");
            var body = keys.withDefault("body", size(), "0", "A request body; 0 for no bound");
            var trailers = keys.withDefault("trailers", MEMORY, "8KiB", "A trailer section");
            var responseHead =
                keys.withDefault("response-head", MEMORY, "64KiB", "An origin's response head");
            var responseFields =
                keys.withDefault("response-fields", integer(8, 10_000), "256", "Field lines of it");
            var connections =
                keys.withDefault(
                    "connections", integer(0, 1_000_000), "0", "Open at once; 0 for no bound");
            var perAddress =
                keys.withDefault(
                    "connections-per-address",
                    integer(0, 1_000_000),
                    "256",
                    "Open at once from one client address, loopback exempt; 0 for no bound");
            var streams =
                keys.withDefault(
                    "streams", integer(1, 10_000), "100", "Concurrent streams of h2 and h3");
            var floods =
                keys.withDefault(
                    "floods",
                    integer(10, 100_000),
                    "100",
                    "Useless HTTP/2 frames in ten seconds that end a connection");
            return values ->
                new Limits(
                    values.get(target).intValue(),
                    values.get(field).intValue(),
                    values.get(fields),
                    values.get(head).intValue(),
                    values.get(body),
                    values.get(trailers).intValue(),
                    Limits.DEFAULT.chunkLine(),
                    values.get(responseHead).intValue(),
                    values.get(responseFields),
                    Limits.DEFAULT.interim(),
                    values.get(connections),
                    values.get(perAddress),
                    values.get(streams),
                    values.get(floods));
          });

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
