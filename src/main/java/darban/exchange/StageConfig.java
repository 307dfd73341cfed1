package darban.exchange;

/** A stage, as its part of a route's configuration says. Immutable; compared by equals. */
public interface StageConfig {
  /** Where in the pipeline it stands. */
  Phase phase();

  /** Makes the stage for one event loop. */
  Stage stage(Parts parts);
}
