package darban.listen.web;

import static darban.config.Shapes.cidr;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.rate;

import darban.base.Cidr;
import darban.config.Keys;
import darban.config.Rate;
import darban.config.Values;
import java.util.List;
import java.util.function.Function;

/**
 * How many connections clients may make. Immutable.
 *
 * @param open at once, of all clients; 0 for no bound
 * @param perAddress open at once, of one client address; 0 for no bound
 * @param begun new ones of one client address
 * @param handshakes new ones with TLS or QUIC of one client address
 * @param exempt addresses that the bounds by address are not for
 */
record Crowd(int open, int perAddress, Rate begun, Rate handshakes, List<Cidr> exempt) {
  /** Declares the keys. */
  static Function<Values, Crowd> read(Keys keys) {
    var open =
        keys.withDefault("connections", integer(0, 1_000_000), "0", "Open at once; 0 for no bound");
    var perAddress =
        keys.withDefault(
            "connections-per-address",
            integer(0, 1_000_000),
            "256",
            "Open at once from one client address (IPv4, IPv6 /64); 0 for no bound");
    var begun =
        keys.withDefault(
            "new-per-address", rate(), "1000/10s", "New connections from one client address");
    var handshakes =
        keys.withDefault("handshakes-per-address", rate(), "200/10s", "The same for TLS and QUIC");
    var exempt =
        keys.withDefault(
            "exempt",
            list(cidr()),
            "[127.0.0.0/8, \"::1\"]",
            "Addresses that these bounds are not for; nor are they for `trusted-proxies`");
    return values ->
        new Crowd(
            values.get(open),
            values.get(perAddress),
            values.get(begun),
            values.get(handshakes),
            values.get(exempt));
  }
}
