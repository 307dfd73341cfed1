package darban.store;

/**
 * How much a content may hold.
 *
 * @param memory bytes that stay in memory; beyond them a file is needed
 * @param unwritten bytes that may wait for the disk
 * @param ahead bytes that a feed may be ahead of the fastest reader, where it could go on later
 */
record ContentBounds(int memory, int unwritten, int ahead) {}
