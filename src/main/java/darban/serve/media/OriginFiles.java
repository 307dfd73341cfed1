package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.flow.Loop;
import darban.http.Etag;
import darban.http.Paths;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The files behind an origin that a film is in: one, or one for each size of its pictures; each of
 * them in one version. Event loop of the exchange that they are got for.
 *
 * @param all in the order in which the film counts them
 */
record OriginFiles(List<Held> all) {
  /** One of them. */
  record Held(String address, OriginFile file, OriginFile.Version version) {}

  OriginFiles {
    all = List.copyOf(all);
  }

  /** Just the file under an address, whatever lies beside it. */
  static Future<OriginFiles> alone(Exchange cause, OriginSite site, String address) {
    OriginFile file = site.file(cause, address);
    return file.version()
        .map(version -> new OriginFiles(List.of(new Held(address, file, version))));
  }

  /** Those under {@code addresses} that are there. */
  static Future<OriginFiles> of(Exchange cause, OriginSite site, List<String> addresses) {
    List<Future<Optional<Held>>> asked = new ArrayList<>();
    for (String each : addresses) {
      asked.add(
          alone(cause, site, each)
              .map(one -> Optional.of(one.all.getFirst()))
              .recover(OriginFiles::unlessAbsent));
    }
    return Future.all(asked)
        .map(done -> {
          List<Held> there = new ArrayList<>();
          asked.forEach(each -> each.result().ifPresent(there::add));
          if (there.isEmpty()) {
            throw OriginSite.refusal(404);
          }
          return new OriginFiles(there);
        });
  }

  /** With one left out for any other reason the others would be counted in another way. */
  private static Future<Optional<Held>> unlessAbsent(Throwable why) {
    return Failure.from(why).kind() == Kind.NOT_FOUND
        ? Future.succeededFuture(Optional.empty())
        : Future.failedFuture(why);
  }

  /** The exchange that they are got for. */
  Exchange cause() {
    return all.getFirst().file.cause();
  }

  /** The loop that all this is on. */
  Loop loop() {
    return all.getFirst().file.loop();
  }

  /** What the film is known by: the same whichever of the files was asked for. */
  String key() {
    String first = all.getFirst().address;
    return all.size() == 1 ? first : first + " …";
  }

  /** The path, decoded, of that with the largest pictures, which subtitles may be called after. */
  String largest() {
    return Paths.decoded(all.getLast().address).orElseThrow().substring(1);
  }

  /** Differs wherever one of them does. */
  Etag etag() {
    if (all.size() == 1) {
      return all.getFirst().version.etag();
    }
    String tags =
        all.stream()
            .map(each -> each.address + each.version.etag())
            .collect(Collectors.joining("\n"));
    byte[] bytes = tags.getBytes(StandardCharsets.UTF_8);
    return new Etag(false, UUID.nameUUIDFromBytes(bytes).toString());
  }

  /** Nobody wants what was asked for last any more. */
  void abandon(Failure why) {
    all.forEach(each -> each.file.abandon(why));
  }
}
