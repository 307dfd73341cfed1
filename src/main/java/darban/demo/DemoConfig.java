package darban.demo;

import static darban.config.Shapes.section;

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
            var where = keys.required("address", Shapes.address(), "Where it listens");
            return values -> new DemoConfig(values.get(where));
          });
}
