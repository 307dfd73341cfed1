package darban.demo;

import static darban.config.Shapes.section;

import darban.base.HostPort;
import darban.config.Address;
import darban.config.Shape;
import darban.config.Shapes;

/**
 * The demo origin, as the configuration says it.
 *
 * @param address where it listens
 */
public record DemoConfig(Address address) {
  /** The shape of the section {@code demo}. */
  public static final Shape<DemoConfig> SHAPE =
      section(
          "demo",
          keys -> {
            var where =
                keys.required(
                    "address",
                    Shapes.address()
                        .check((address, at, problems) -> {
                          if (!(address instanceof Address.Tcp tcp) || tcp.port() == 0) {
                            problems.error(
                                at.at(),
                                "the demo origin listens on a TCP port that services can name",
                                "write `127.0.0.1:8090`");
                          }
                        }),
                    "Where it listens");
            return values -> new DemoConfig(values.get(where));
          });

  /** Where clients find it. */
  public HostPort origin() {
    Address.Tcp tcp = (Address.Tcp) address;
    return new HostPort(tcp.host().isEmpty() ? "127.0.0.1" : tcp.host(), tcp.port());
  }
}
