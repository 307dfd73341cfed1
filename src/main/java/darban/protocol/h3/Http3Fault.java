package darban.protocol.h3;

/** A client broke a rule of HTTP/3, which ends its connection (RFC 9114 §8). */
final class Http3Fault extends Exception {
  private static final long serialVersionUID = 1L;

  private final Http3Error error;

  Http3Fault(Http3Error error, String what) {
    super(what, null, false, false);
    this.error = error;
  }

  Http3Error error() {
    return error;
  }
}
