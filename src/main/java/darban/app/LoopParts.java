package darban.app;

import darban.exchange.Exchanges;
import darban.exchange.Parts;
import darban.flow.Loop;
import darban.origin.Services;
import darban.serve.forward.ForwardOrigins;
import java.util.Map;

/**
 * What one event loop holds of a running configuration.
 *
 * @param parts engines by type
 * @param exchanges what connections share, by listener
 */
record LoopParts(
    Loop loop,
    Parts parts,
    Services services,
    ForwardOrigins forwardOrigins,
    Map<String, Exchanges.Service> exchanges) {

  /** Closes idle connections to origins. On the loop. */
  void shed() {
    services.shed();
    forwardOrigins.shed();
  }

  /** Lets go of origins. On the loop. */
  void close() {
    services.close();
    forwardOrigins.close();
  }
}
