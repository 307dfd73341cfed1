package darban.app;

import darban.exchange.Exchanges;
import darban.exchange.Underway;
import java.util.Map;

/**
 * What one event loop holds of a running configuration.
 *
 * @param exchanges what connections share, by listener
 * @param underway the exchanges that are under way by it
 */
record LoopParts(Map<String, Exchanges.Service> exchanges, Underway underway) {}
