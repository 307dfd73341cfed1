package darban.serve.media;

import darban.exchange.Exchange;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which files behind an origin show the same: by its index, by what the configuration tells of the
 * files, or by asking for the sizes that it wants looked for. Found anew whenever a film is opened,
 * and remembered for its segments. Any thread.
 */
final class OriginSets {
  private static final int MOST = 4096;

  private final List<Integer> sizes;
  private final Map<String, List<String>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<String>> eldest) {
          return size() > MOST;
        }
      };

  /** Sets of files, of which {@code sizes} are looked for where nobody tells. */
  OriginSets(List<Integer> sizes) {
    this.sizes = sizes;
  }

  /**
   * All files that show the same as one.
   *
   * @param path of the one, decoded
   * @param anew whether what was found before does not count
   */
  Future<OriginFiles> of(
      Exchange cause, OriginSite site, OriginIndex index, String path, boolean anew) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    Optional<Rendition> one = Rendition.of(name);
    if (one.isEmpty()) {
      return OriginFiles.alone(cause, site, OriginSite.address(path));
    }
    @Nullable List<String> before = anew ? null : remembered(path);
    if (before != null) {
      return OriginFiles.of(cause, site, before);
    }
    String folder = path.substring(0, path.length() - name.length());
    return index
        .names(cause, folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1))
        .recover(untold -> Future.succeededFuture(List.of()))
        .map(told ->
            Rendition.set(name, told.isEmpty() ? guesses(one.get()) : told).stream()
                .map(each -> OriginSite.address(folder + each))
                .toList())
        .compose(addresses -> OriginFiles.of(cause, site, addresses))
        .map(files -> {
          String asked = OriginSite.address(path);
          if (files.all().stream().noneMatch(each -> each.address().equals(asked))) {
            throw OriginSite.refusal(404);
          }
          remember(path, files);
          return files;
        });
  }

  private Set<String> guesses(Rendition one) {
    Set<String> names = new TreeSet<>();
    names.add(one.name());
    sizes.forEach(each -> names.add(one.of(each)));
    return names;
  }

  private synchronized @Nullable List<String> remembered(String path) {
    return known.get(path);
  }

  private synchronized void remember(String path, OriginFiles files) {
    known.put(path, files.all().stream().map(OriginFiles.Held::address).toList());
  }
}
