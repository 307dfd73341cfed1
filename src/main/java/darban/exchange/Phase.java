package darban.exchange;

/** The steps of a pipeline, in their order; a word in logs and configuration errors. */
public enum Phase {
  LIMIT,
  GATE,
  REWRITE,
  CACHE,
  COMPRESS,
  FORWARDED,
  ENDPOINT
}
