package darban.exchange;

/** What a route does, as its part of the configuration says. Immutable; compared by equals. */
public interface Action {
  /** Makes its endpoint for one event loop. */
  Endpoint endpoint(Parts parts, Match match);

  /** A short name for logs and metrics: the service's, or the action's. */
  String label();
}
