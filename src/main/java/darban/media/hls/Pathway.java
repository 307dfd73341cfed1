package darban.media.hls;

import java.util.function.UnaryOperator;

/**
 * One of several places that all of a presentation can be had from (RFC 8216bis §7). Immutable, any
 * thread.
 *
 * @param id its name
 * @param address what an address of the playlist is there
 */
public record Pathway(String id, UnaryOperator<String> address) {}
