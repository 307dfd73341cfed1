package darban.exchange;

/**
 * A link that somebody was let in by, as far as pages must know: they lead nowhere else. Immutable.
 *
 * @param token name and value, as a query has them
 * @param stays whether relative addresses have it too
 * @param folder what it is for, ending with a slash; or a single file; as paths are compared
 */
public record SignedLink(String token, boolean stays, String folder) {}
