package darban.serve.forward;

import static darban.config.Shapes.cidr;
import static darban.config.Shapes.either;
import static darban.config.Shapes.integer;
import static darban.config.Shapes.list;
import static darban.config.Shapes.section;
import static darban.config.Shapes.word;

import darban.access.FailedLogins;
import darban.base.Cidr;
import darban.base.HostPort;
import darban.config.Registry;
import darban.config.Shape;
import darban.exchange.StageConfig;
import darban.resolve.AddressGuard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What clients of forward listeners may do.
 *
 * @param privateAddresses which addresses that are not public may be dialled
 * @param connectPorts ports CONNECT may name; empty for any but 25
 * @param basicAuth whether clients must give the name and password of a user
 * @param failedLogins wrong passwords of one client address before it is not listened to
 * @param stages what is done before and after requests are passed on, by their keys
 */
public record ForwardConfig(
    PrivateAddresses privateAddresses,
    Set<Integer> connectPorts,
    boolean basicAuth,
    FailedLogins failedLogins,
    Map<String, StageConfig> stages) {

  /**
   * Which addresses that are not public may be dialled.
   *
   * @param all whether all may
   * @param exceptions which may if not
   */
  public record PrivateAddresses(boolean all, List<Exempt> exceptions) {
    /** A block, or one address with a port. */
    public sealed interface Exempt {
      /** A block, on any port. */
      record Block(Cidr block) implements Exempt {}

      /** One address and port. */
      record Single(Cidr address, int port) implements Exempt {}
    }

    /** The guard that holds this. */
    public AddressGuard guard() {
      return all
          ? AddressGuard.NONE
          : AddressGuard.publicOnly(exceptions.stream().map(PrivateAddresses::guard).toList());
    }

    private static AddressGuard guard(Exempt exception) {
      return switch (exception) {
        case Exempt.Block block -> AddressGuard.block(block.block());
        case Exempt.Single single -> AddressGuard.single(single.address(), single.port());
      };
    }
  }

  private static final Shape<PrivateAddresses.Exempt> SINGLE =
      Shape.parsed(
          "an address with a port",
          "write a block such as `10.0.0.0/8`, or `127.0.0.1:8080`",
          "(\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}",
          ForwardConfig::single);

  private static Optional<PrivateAddresses.Exempt> single(String text) {
    return HostPort.parse(text)
        .filter(each -> each.port() > 0)
        .flatMap(each ->
            Cidr.parse(each.host())
                .map(address -> new PrivateAddresses.Exempt.Single(address, each.port())));
  }

  private static final Shape<PrivateAddresses.Exempt> EXCEPTION =
      either(SINGLE, cidr().map(PrivateAddresses.Exempt.Block::new));

  /** The shape of the section {@code forward} with these stages. */
  public static Shape<ForwardConfig> shape(Registry<StageConfig> stageTypes) {
    return section(
        "forward",
        keys -> {
          var addresses =
              keys.withDefault(
                  "private-addresses",
                  either(
                      word("deny", new PrivateAddresses(false, List.of())),
                      word("allow", new PrivateAddresses(true, List.of())),
                      list(EXCEPTION).map(each -> new PrivateAddresses(false, each))),
                  "deny",
                  "Loopback, private and reserved addresses: `deny`, `allow`, or which to allow");
          var ports =
              keys.withDefault(
                  "connect-ports",
                  list(integer(1, 65535)),
                  "[]",
                  "Ports CONNECT may name; any but 25 if none");
          var auth =
              keys.optional("auth", word("basic", true), "`basic`: ask for a user's password");
          var failedLogins = FailedLogins.key(keys);
          var stages = keys.any(stageTypes);
          return values ->
              new ForwardConfig(
                  values.get(addresses),
                  Set.copyOf(values.get(ports)),
                  values.get(auth).isPresent(),
                  values.get(failedLogins),
                  values.get(stages));
        });
  }
}
