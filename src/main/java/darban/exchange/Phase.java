package darban.exchange;

/** The steps of a pipeline, in their order; a word in logs and configuration errors. */
public enum Phase {
  CORS,
  PACE,
  LIMIT,
  GATE,
  PLAYER,
  SIGNED,
  REWRITE,
  CACHE,
  MANIFEST,
  COMPRESS,
  FORWARDED,
  ENDPOINT
}
