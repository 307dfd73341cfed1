package darban.base;

import static darban.base.Side.CLIENT;
import static darban.base.Side.ORIGIN;
import static darban.base.Side.SELF;

/**
 * Every way an exchange can fail, in one vocabulary for answers, logs and metric labels.
 *
 * <p>Each has the status that the client gets when no head was sent yet, and the error type of RFC
 * 9209 §2.3 that goes into {@code Proxy-Status}.
 */
public enum Kind {
  // what the client did
  BAD_REQUEST(CLIENT, 400, "http_request_error"),
  UNAUTHORIZED(CLIENT, 401, "http_request_denied"),
  FORBIDDEN(CLIENT, 403, "http_request_denied"),
  NOT_FOUND(CLIENT, 404, "destination_not_found"),
  METHOD_NOT_ALLOWED(CLIENT, 405, "http_request_error"),
  PROXY_AUTHENTICATION(CLIENT, 407, "http_request_denied"),
  REQUEST_TIMEOUT(CLIENT, 408, "http_request_error"),
  CONFLICT(CLIENT, 409, "http_request_denied"),
  CONTENT_TOO_LARGE(CLIENT, 413, "http_request_error"),
  URI_TOO_LONG(CLIENT, 414, "http_request_error"),
  RANGE_NOT_SATISFIABLE(CLIENT, 416, "http_request_error"),
  EXPECTATION_FAILED(CLIENT, 417, "http_request_error"),
  MISDIRECTED(CLIENT, 421, "http_request_error"),
  TOO_MANY_REQUESTS(CLIENT, 429, "connection_limit_reached"),
  HEAD_TOO_LARGE(CLIENT, 431, "http_request_error"),
  NOT_IMPLEMENTED(CLIENT, 501, "http_request_error"),
  VERSION_NOT_SUPPORTED(CLIENT, 505, "http_request_error"),
  /** The client left before the answer was complete; 499 stands in logs only. */
  CLIENT_GONE(CLIENT, 499, "connection_terminated"),

  // what the origin did
  DNS_ERROR(ORIGIN, 502, "dns_error"),
  DNS_TIMEOUT(ORIGIN, 504, "dns_timeout"),
  CONNECTION_REFUSED(ORIGIN, 502, "connection_refused"),
  CONNECTION_TIMEOUT(ORIGIN, 504, "connection_timeout"),
  CONNECTION_TERMINATED(ORIGIN, 502, "connection_terminated"),
  UNREACHABLE(ORIGIN, 502, "destination_ip_unroutable"),
  TLS_CERTIFICATE(ORIGIN, 502, "tls_certificate_error"),
  TLS_ERROR(ORIGIN, 502, "tls_protocol_error"),
  RESPONSE_MALFORMED(ORIGIN, 502, "http_protocol_error"),
  RESPONSE_HEAD_TOO_LARGE(ORIGIN, 502, "http_response_header_section_size"),
  RESPONSE_INCOMPLETE(ORIGIN, 502, "http_response_incomplete"),
  /** The origin gave up what it was asked for, and its connection goes on. */
  RESPONSE_CANCELLED(ORIGIN, 502, "connection_terminated"),
  RESPONSE_TIMEOUT(ORIGIN, 504, "http_response_timeout"),
  UPGRADE_FAILED(ORIGIN, 502, "http_upgrade_failed"),

  // what we decided or broke ourselves
  ADDRESS_PROHIBITED(SELF, 403, "destination_ip_prohibited"),
  /** A file that is there and cannot be shown as it was asked for. */
  UNPLAYABLE(SELF, 422, "proxy_internal_response"),
  LOOP(SELF, 508, "proxy_loop_detected"),
  NO_SERVER(SELF, 503, "destination_unavailable"),
  OVERLOADED(SELF, 503, "connection_limit_reached"),
  STOPPING(SELF, 503, "proxy_internal_response"),
  INTERNAL(SELF, 500, "proxy_internal_error");

  private final Side side;
  private final int status;
  private final String errorType;

  Kind(Side side, int status, String errorType) {
    this.side = side;
    this.status = status;
    this.errorType = errorType;
  }

  /** The party it is laid on. */
  public Side side() {
    return side;
  }

  /** The status for the client, 400 to 508. */
  public int status() {
    return status;
  }

  /** The error type of {@code Proxy-Status} (RFC 9209 §2.3). */
  public String errorType() {
    return errorType;
  }
}
