package darban.media.dash;

/** What an address in a manifest is for. */
public enum DashUse {
  /** What all others are relative to. */
  ROOT,
  /** What others are relative to, and relative itself. */
  BASE,
  /** A template; what stands between dollar signs is filled in by players and must stay. */
  TEMPLATE,
  /** A segment, a head or an index. */
  SEGMENT,
  /** Where the manifest, or what changed in it, is to be fetched from the next time. */
  LOCATION,
  /** Another part of the manifest. */
  LINK,
  /** A clock. */
  CLOCK,
  /** Where a player asks which pathway to take. */
  STEERING
}
