package darban.stage.cors;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Endpoint;
import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Stage;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** See the package. Stateless, any event loop. */
final class CorsStage implements Stage {
  private static final FieldName ORIGIN = FieldName.of("Origin");
  private static final FieldName ALLOW_ORIGIN = FieldName.of("Access-Control-Allow-Origin");
  private static final FieldName ALLOW_CREDENTIALS =
      FieldName.of("Access-Control-Allow-Credentials");
  private static final FieldName ALLOW_METHODS = FieldName.of("Access-Control-Allow-Methods");
  private static final FieldName ALLOW_HEADERS = FieldName.of("Access-Control-Allow-Headers");
  private static final FieldName EXPOSE = FieldName.of("Access-Control-Expose-Headers");
  private static final FieldName MAX_AGE = FieldName.of("Access-Control-Max-Age");
  private static final FieldName TIMING = FieldName.of("Timing-Allow-Origin");
  private static final FieldName WANTED_METHOD = FieldName.of("Access-Control-Request-Method");
  private static final FieldName WANTED_HEADERS = FieldName.of("Access-Control-Request-Headers");
  private static final String READABLE =
      "Accept-Ranges, Age, Cache-Status, CMSD-Dynamic, CMSD-Static, Content-Length, Content-Range,"
          + " Date, ETag, Location";

  private final CorsConfig config;

  CorsStage(CorsConfig config) {
    this.config = config;
  }

  @Override
  public Future<Reply> handle(Exchange exchange, Endpoint next) {
    Fields request = exchange.request().fields();
    String allowed = allowed(request.get(ORIGIN));
    Fields.Builder open = Fields.builder(6);
    if (allowed != null) {
      open.add(ALLOW_ORIGIN, allowed).add(EXPOSE, READABLE).add(TIMING, allowed);
      if (config.credentials()) {
        open.add(ALLOW_CREDENTIALS, "true");
      }
    }
    if (!anyone()) {
      open.add(FieldName.VARY, "Origin");
    }
    Fields along = open.build();
    exchange.along(along);
    if (exchange.request().method() == Method.OPTIONS && request.has(WANTED_METHOD)) {
      exchange.takeBody().discard(Failure.of(Kind.CLIENT_GONE, "body not wanted"));
      return Future.succeededFuture(preflight(request, allowed != null));
    }
    Future<Reply> reply = next.serve(exchange);
    return anyone() ? reply : reply.map(answered -> answered.withFields(told(answered, along)));
  }

  private boolean anyone() {
    return config.origins().isEmpty();
  }

  private @Nullable String allowed(@Nullable String origin) {
    if (anyone()) {
      return "*";
    }
    return origin != null && config.origins().contains(origin) ? origin : null;
  }

  /** Where it depends on the page, what the origin says of it does not count. */
  private static Fields told(Reply answered, Fields along) {
    Fields.Builder fields =
        answered
            .fields()
            .filtered(name ->
                !name.equals(ALLOW_ORIGIN)
                    && !name.equals(ALLOW_CREDENTIALS)
                    && !name.equals(TIMING));
    String vary = answered.fields().joined(FieldName.VARY);
    if (vary != null) {
      fields.set(FieldName.VARY, vary + ", Origin");
    }
    for (int i = 0; i < along.size(); i++) {
      fields.setIfAbsent(along.name(i), along.value(i));
    }
    return fields.build();
  }

  private static Reply preflight(Fields request, boolean allowed) {
    Fields.Builder fields = Fields.builder(4);
    if (allowed) {
      fields.add(ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      String headers = request.joined(WANTED_HEADERS);
      if (headers != null) {
        fields.add(ALLOW_HEADERS, headers);
      }
      fields.add(MAX_AGE, "86400");
    }
    return Reply.empty(204, fields.build());
  }
}
