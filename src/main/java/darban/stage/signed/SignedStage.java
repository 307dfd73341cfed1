package darban.stage.signed;

import darban.access.UrlKeys.Refused;
import darban.access.UrlKeys.Verdict;
import darban.access.UrlToken;
import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.ManifestEdit;
import darban.exchange.Reply;
import darban.exchange.SignedLink;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.RequestHead;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** See the package. Stateless, any event loop. */
final class SignedStage implements Stage {
  private final SignedConfig config;

  SignedStage(SignedConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    Carried carried = Carried.of(exchange.request(), config.parameter());
    RequestHead request = carried.request();
    Instant now = exchange.loop().ticker().now();
    if (!request.method().safe()) {
      return Future.failedFuture(refusal(Refused.OTHER_METHOD, request.method().name()));
    }
    Verdict verdict =
        carried
            .token()
            .map(token ->
                config
                    .keys()
                    .judge(token, request.target().pathOnly(), exchange.clientAddress(), now))
            .orElseGet(() -> new Verdict.Denied(Refused.ABSENT, "no token"));
    return switch (verdict) {
      case Verdict.Denied(Refused why, String detail) -> Future.failedFuture(refusal(why, detail));
      case Verdict.Granted(UrlToken token) -> granted(exchange, next, carried, token);
    };
  }

  private static Failure refusal(Refused why, String detail) {
    String told =
        switch (why) {
          case EXPIRED -> "this link has expired";
          case ABSENT -> "a signed link is needed";
          default -> "this link is not valid";
        };
    return Failure.of(Kind.FORBIDDEN, told)
        .detailed("signed-urls " + why.name().toLowerCase(Locale.ROOT) + ": " + detail);
  }

  private Future<Reply> granted(Exchange exchange, Endpoint next, Carried carried, UrlToken token) {
    boolean rewritten = carried.by() != Carried.By.COOKIE && !config.cookie();
    exchange.request(carried.request());
    boolean stays = !rewritten || carried.by() == Carried.By.PATH;
    String parameter = config.parameter() + "=" + carried.token().orElseThrow();
    exchange.link(new SignedLink(parameter, stays, token.path()));
    if (rewritten) {
      TokenRewrite rewrite = rewrite(carried);
      return new ManifestEdit(ManifestEdit.USUAL, rewrite::changed)
          .through(exchange, next)
          .map(answered -> located(answered, rewrite));
    }
    Future<Reply> reply = next.serve(exchange);
    boolean give = config.cookie() && carried.by() != Carried.By.COOKIE;
    return give ? reply.map(answered -> withCookie(exchange, answered, carried, token)) : reply;
  }

  private TokenRewrite rewrite(Carried carried) {
    RequestHead request = carried.request();
    return new TokenRewrite(
        config.parameter() + "=" + carried.token().orElseThrow(),
        hosts(request),
        Objects.requireNonNullElse(request.target().query(), ""),
        carried.by() == Carried.By.QUERY);
  }

  private Set<String> hosts(RequestHead request) {
    Set<String> hosts = new HashSet<>(config.hosts());
    hosts.add(request.authority().toLowerCase(Locale.ROOT));
    return hosts;
  }

  /** A redirect leads on with the token. */
  private static Reply located(Reply reply, TokenRewrite rewrite) {
    String location = reply.status() / 100 == 3 ? reply.fields().get(FieldName.LOCATION) : null;
    return location == null
        ? reply
        : reply.withFields(
            reply.fields().toBuilder().set(FieldName.LOCATION, rewrite.with(location)).build());
  }

  private Reply withCookie(Exchange exchange, Reply reply, Carried carried, UrlToken token) {
    long left = token.expires() - exchange.loop().ticker().now().getEpochSecond();
    // Players of other sites send it only where it says so, and then only over TLS (RFC 6265bis).
    String site = exchange.peer().secure() ? "; SameSite=None; Secure" : "; SameSite=Lax";
    String cookie =
        config.parameter()
            + "="
            + carried.token().orElseThrow()
            + "; Path="
            + token.path()
            + "; Max-Age="
            + left
            + "; HttpOnly"
            + site;
    return reply.withFields(reply.fields().toBuilder().add(FieldName.SET_COOKIE, cookie).build());
  }
}
