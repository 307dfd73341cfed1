package darban.caching;

/**
 * When a response was asked for and when its head arrived (RFC 9111 §4.2.3).
 *
 * @param requested epoch milliseconds at which the request went out
 * @param received epoch milliseconds at which the head was there
 */
public record Timing(long requested, long received) {}
