package darban.caching;

import darban.http.Status;

/** What caches may do with a status code. */
final class Statuses {
  private Statuses() {}

  /** Whether it may be fresh by heuristic (RFC 9110 §15.1). */
  static boolean heuristic(int status) {
    return switch (status) {
      case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
      default -> false;
    };
  }

  /** Whether we do as its definition asks (RFC 9111 §3, must-understand). */
  static boolean understood(int status) {
    return !Status.reason(status).isEmpty();
  }

  /**
   * Whether a response with it may ever be the answer to another request. The others answer one
   * request's own conditions, range or rights: interim, 304, 407, 412, 416; or must not be stored
   * by their definition: 421 (RFC 9110 §15.5.20), 425 (RFC 8470 §5.2), 428, 429, 431 and 511 (RFC
   * 6585).
   */
  static boolean storable(int status) {
    return switch (status) {
      case 304, 407, 412, 416, 417, 421, 425, 428, 429, 431, 511 -> false;
      default -> status >= 200;
    };
  }

  /** Whether it tells that the origin failed, so that a stale answer is better (RFC 5861 §4). */
  static boolean failed(int status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
  }
}
