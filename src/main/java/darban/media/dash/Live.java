package darban.media.dash;

/**
 * What a manifest tells of a live stream (ISO/IEC 23009-1 §5.3.1.2, and DASH-IF IOP for low
 * latency). Times are in milliseconds, those of day since 1970. Immutable, any thread.
 *
 * @param start when the stream began: the zero of its period
 * @param published when this manifest was made
 * @param update how often a player should ask for it again
 * @param window how far back segments are kept
 * @param latency how far from live players aim to be
 * @param chunk how long a chunk is, where segments can be read while they are made; 0 if not
 * @param location where the manifest is asked for again; empty for where it was found
 * @param clock address of a clock that players set theirs by, which answers with a date and time
 */
public record Live(
    long start,
    long published,
    long update,
    long window,
    long latency,
    long chunk,
    String location,
    String clock) {}
