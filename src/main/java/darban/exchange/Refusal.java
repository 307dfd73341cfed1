package darban.exchange;

import darban.base.Failure;
import darban.base.Kind;
import darban.base.Side;
import darban.http.FieldName;
import darban.http.Fields;
import darban.protocol.PlainAnswer;

/**
 * Makes an answer of a failure: the only place that does. The client learns the status, a short
 * reason and, where the failure is not its own, the error type of RFC 9209; never more.
 */
public final class Refusal {
  private final String proxyName;

  /** Answers in the name of {@code proxyName}, a token. */
  public Refusal(String proxyName) {
    this.proxyName = proxyName;
  }

  /** The answer to {@code why}. */
  public Reply.Message of(Failure why) {
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
