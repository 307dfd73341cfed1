package darban.http;

/**
 * The head of a response, interim or final. Immutable.
 *
 * @param status 100 to 999
 * @param fields the fields
 */
public record ResponseHead(int status, Fields fields) {
  /** The same response with other fields. */
  public ResponseHead withFields(Fields fields) {
    return new ResponseHead(status, fields);
  }
}
