/**
 * Reads {@code darban.yaml}: what every feature describes once, in a {@link darban.config.Shape},
 * is read, checked, offered to editors and documented from that description.
 *
 * <pre>
 *   file, files it includes          environment
 *          │                              │
 *          ▼ events of a YAML 1.2 parser  ▼ ${NAME}
 *      Sources ──────────────────────► Node   what was written, and where
 *                                         │
 *      Shape ◄── Registry (keys of features)
 *        │  read(node, problems) ─────────┤
 *        │                                ├──► value: records, compared by equals on reload
 *        │                                └──► Problems: all of them, file:line:column
 *        └─ form() ──► JsonSchema (editors), ConfigReference (people)
 * </pre>
 *
 * <p>A feature writes one section:
 *
 * <pre>{@code
 * record HealthConfig(Optional<String> path, Duration interval) {
 *   static final Shape<HealthConfig> SHAPE =
 *       section("health", keys -> {
 *         var path = keys.optional("path", text(), "Path asked for; without it only a connect");
 *         var interval = keys.withDefault("interval", duration(), "5s", "Between two checks");
 *         return values -> new HealthConfig(values.get(path), values.get(interval));
 *       });
 * }
 * }</pre>
 *
 * <p>Nothing is guessed: a scalar is the text it was written as until a shape says what it means,
 * so {@code off}, {@code 1.10} and {@code 12:30} are what they look like. A broken part has no
 * value and the reading goes on beside it, so one run tells all. Names that parts give ({@code
 * Shapes.name}) and use ({@code Shapes.ref}) are matched at the end, whether or not the parts
 * themselves are whole. Warnings are told and do no harm.
 *
 * <p>Bounds: 4 MiB a file, 100,000 values a file with aliases counted out, 64 levels. Refused, as
 * no configuration needs them: tags, merge keys, several documents, keys that are not text.
 *
 * <p>May import {@code base} and {@code http}. Knows files and the environment it is handed; no
 * clock, no network, no logging. Sources: YAML 1.2.2, JSON Schema draft 2020-12.
 */
@NullMarked
package darban.config;

import org.jspecify.annotations.NullMarked;
