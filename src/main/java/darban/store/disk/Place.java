package darban.store.disk;

/**
 * Where an entry's record lies.
 *
 * @param segment number of the segment, or {@link #OWN_FILE}
 * @param offset in the segment; in a file of its own, which of the two places behind the body: 0, 1
 * @param length bytes of the record, with a body that is in it
 * @param allocated bytes on disk that the record takes in a file of its own, both places together
 */
record Place(int segment, int offset, int length, int allocated) {
  /** Instead of a segment: the record lies behind its body, in the body's file. */
  static final int OWN_FILE = -1;

  boolean ownFile() {
    return segment == OWN_FILE;
  }
}
