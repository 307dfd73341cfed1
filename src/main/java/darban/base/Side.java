package darban.base;

/** The party a {@link Failure} is laid on; a word in logs and metric labels. */
public enum Side {
  /** The one who sent us the request. */
  CLIENT,
  /** The server behind us. */
  ORIGIN,
  /** Darban itself: its configuration, its limits or a bug. */
  SELF
}
