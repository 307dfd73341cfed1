package darban.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Side;
import darban.flow.Body;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.protocol.PlainAnswer;
import java.net.URLEncoder;

/**
 * Makes an answer of a failure: the only place that does. The client learns the status, a short
 * reason and, where the failure is not its own, the error type of RFC 9209; never more. A client of
 * gRPC gets them as its calls end: with 200, the call's status and message (gRPC over HTTP/2,
 * Trailers-Only).
 */
public final class Refusal {
  private static final String GRPC = "application/grpc";
  private static final FieldName GRPC_STATUS = FieldName.of("grpc-status");
  private static final FieldName GRPC_MESSAGE = FieldName.of("grpc-message");

  private final String proxyName;

  /** Answers in the name of {@code proxyName}, a token. */
  public Refusal(String proxyName) {
    this.proxyName = proxyName;
  }

  /** The answer to {@code why}, which happened to {@code request}. */
  public Reply.Message of(Failure why, RequestHead request) {
    Reply.Message answer = of(why);
    if (!isCall(request)) {
      return answer;
    }
    answer.discard(why);
    Fields.Builder fields = answer.fields().toBuilder();
    fields.set(FieldName.CONTENT_TYPE, "application/grpc");
    fields.add(GRPC_STATUS, Integer.toString(callStatus(why.kind())));
    fields.add(GRPC_MESSAGE, URLEncoder.encode(why.message(), UTF_8).replace("+", "%20"));
    return new Reply.Message(200, fields.build(), Body.NONE);
  }

  /** Whether a client of gRPC asks, which learns a call's status from the fields alone. */
  private static boolean isCall(RequestHead request) {
    String type = request.fields().get(FieldName.CONTENT_TYPE);
    return type != null
        && type.startsWith(GRPC)
        && (type.length() == GRPC.length() || type.charAt(GRPC.length()) != '-')
        && request.version().multiplexed();
  }

  /** The status of a call that a client would make of the status of HTTP. */
  private static int callStatus(Kind kind) {
    if (kind == Kind.RESPONSE_CANCELLED) {
      return 1;
    }
    return switch (kind.status()) {
      case 400 -> 13; // INTERNAL
      case 401, 407 -> 16; // UNAUTHENTICATED
      case 403 -> 7; // PERMISSION_DENIED
      case 404 -> 12; // UNIMPLEMENTED
      case 429, 502, 503, 504 -> 14; // UNAVAILABLE
      default -> 2; // UNKNOWN
    };
  }

  private Reply.Message of(Failure why) {
    PlainAnswer plain = PlainAnswer.of(why);
    Fields.Builder fields = plain.head().fields().toBuilder();
    int later = secondsToWait(why.kind());
    if (later > 0) {
      fields.add(FieldName.RETRY_AFTER, Integer.toString(later));
    }
    if (why.side() != Side.CLIENT || why.kind().status() == 403) {
      fields.add(
          FieldName.PROXY_STATUS,
          proxyName
              + "; error="
              + why.kind().errorType()
              + "; details=\""
              + why.message().replace("\\", "").replace('"', '\'')
              + "\"");
    }
    return new Reply.Message(plain.head().status(), fields.build(), plain.body());
  }

  /** When to come again, where that is known to help. */
  private static int secondsToWait(Kind kind) {
    return switch (kind) {
      case OVERLOADED, STOPPING -> 5;
      case TOO_MANY_REQUESTS -> 60;
      default -> 0;
    };
  }
}
