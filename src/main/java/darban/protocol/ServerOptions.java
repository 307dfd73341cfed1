package darban.protocol;

import darban.base.Limits;
import darban.base.Timeouts;

/**
 * What a listener allows its clients. Immutable.
 *
 * @param limits how much
 * @param timeouts how long
 */
public record ServerOptions(Limits limits, Timeouts timeouts) {}
