package darban.stage.manifest;

import darban.http.Paths;
import darban.http.Target;
import darban.media.dash.DashRewrite;
import darban.media.dash.DashUse;
import darban.media.dash.ManifestCopy;
import darban.media.edge.ManifestKind;
import darban.media.hls.HlsPlaylist;
import darban.media.hls.MultivariantPlaylist;
import darban.media.hls.Pathway;
import darban.media.hls.UriRewrite;
import darban.media.hls.Variables;
import darban.media.hls.Variant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Changes one manifest as the configuration says. Pure.
 *
 * @param target of the manifest
 */
record ManifestRewrite(ManifestConfig config, Target target) {
  byte[] changed(ManifestKind kind, byte[] manifest) {
    ByteBuffer bytes = ByteBuffer.wrap(manifest);
    return kind == ManifestKind.HLS
        ? hls(HlsPlaylist.read(bytes)).bytes()
        : ManifestCopy.rewritten(bytes, new OfDash());
  }

  // HLS

  private HlsPlaylist hls(HlsPlaylist playlist) {
    HlsPlaylist offered = playlist.multivariant() ? offered(playlist) : playlist;
    UriRewrite addresses = (use, uri) -> address(uri);
    String query = Objects.requireNonNullElse(target.query(), "");
    HlsPlaylist addressed =
        offered.rewritten(addresses, Variables.of(offered, query, Variables.NONE));
    return playlist.multivariant()
        ? config.steering().map(told -> steered(addressed, told)).orElse(addressed)
        : addressed;
  }

  private HlsPlaylist steered(HlsPlaylist playlist, ManifestConfig.Steering steering) {
    List<Pathway> pathways = new ArrayList<>();
    steering.pathways().forEach((id, base) -> pathways.add(new Pathway(id, uri -> on(base, uri))));
    return MultivariantPlaylist.of(playlist).steered(steering.server(), pathways);
  }

  private HlsPlaylist offered(HlsPlaylist playlist) {
    HlsPlaylist kept = MultivariantPlaylist.of(playlist).keeping(this::keeps);
    return config
        .offer()
        .startBandwidth()
        .map(most -> MultivariantPlaylist.of(kept).startingWithin(most))
        .orElse(kept);
  }

  private boolean keeps(Variant variant) {
    return keeps(variant.height(), variant.bandwidth());
  }

  private boolean keeps(int height, long bandwidth) {
    ManifestConfig.Offer offer = config.offer();
    return offer.maxHeight().map(most -> height <= most).orElse(true)
        && offer.maxBandwidth().map(most -> bandwidth <= most).orElse(true);
  }

  // DASH

  private final class OfDash implements DashRewrite {
    @Override
    public String rewritten(DashUse use, String uri) {
      return switch (use) {
        // Those within are relative to those around them, which are absolute then.
        case BASE, TEMPLATE, SEGMENT -> isAbsolute(uri) ? address(uri) : withQuery(uri);
        case ROOT, LOCATION, STEERING, LINK -> address(uri);
        case CLOCK -> replaced(uri);
      };
    }

    @Override
    public Optional<String> base() {
      String base = config.addresses().base();
      return base.isEmpty() ? Optional.empty() : Optional.of(address("."));
    }

    @Override
    public Optional<Steering> steering(String root) {
      String address = root.isEmpty() ? "." : address(root);
      return config
          .steering()
          .map(told -> {
            Map<String, String> places = new LinkedHashMap<>();
            told.pathways().forEach((id, base) -> places.put(id, on(base, address)));
            return new Steering(told.server(), places);
          });
    }

    @Override
    public boolean keeps(Offer offer) {
      return ManifestRewrite.this.keeps(offer.height(), offer.bandwidth());
    }
  }

  // Addresses

  private static boolean isAbsolute(String uri) {
    int colon = uri.indexOf(':');
    int slash = uri.indexOf('/');
    return uri.startsWith("/") || (colon > 0 && (slash < 0 || colon < slash));
  }

  private String address(String uri) {
    return withQuery(based(replaced(uri)));
  }

  private String replaced(String uri) {
    for (Map.Entry<String, String> each : config.addresses().replaced().entrySet()) {
      if (begins(uri, each.getKey())) {
        return each.getValue() + uri.substring(each.getKey().length());
      }
    }
    return uri;
  }

  /** Not in the middle of a name: {@code http://a} is no beginning of {@code http://ab}. */
  private static boolean begins(String uri, String prefix) {
    return uri.startsWith(prefix)
        && (prefix.endsWith("/")
            || uri.length() == prefix.length()
            || "/?#".indexOf(uri.charAt(prefix.length())) >= 0);
  }

  private String based(String uri) {
    return on(config.addresses().base(), uri);
  }

  /** An address of this host at another. */
  private String on(String base, String uri) {
    boolean elsewhere = uri.startsWith("//") || (isAbsolute(uri) && !uri.startsWith("/"));
    if (base.isEmpty() || elsewhere) {
      return uri;
    }
    String host = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    return host + resolved(uri);
  }

  /** The path and query of a reference to this host (RFC 3986 §5.2). */
  private String resolved(String uri) {
    String path = target.pathOnly();
    if (uri.isEmpty() || uri.startsWith("?") || uri.startsWith("#")) {
      return path + uri;
    }
    int end = 0;
    while (end < uri.length() && "?#".indexOf(uri.charAt(end)) < 0) {
      end++;
    }
    String folder = path.substring(0, path.lastIndexOf('/') + 1);
    String whole = uri.startsWith("/") ? uri : folder + uri;
    int pathEnd = whole.length() - (uri.length() - end);
    return Paths.normalized(whole.substring(0, pathEnd)) + whole.substring(pathEnd);
  }

  private String withQuery(String uri) {
    String query = config.addresses().query();
    if (query.isEmpty()) {
      return uri;
    }
    int fragment = uri.indexOf('#');
    String bare = fragment < 0 ? uri : uri.substring(0, fragment);
    String rest = fragment < 0 ? "" : uri.substring(fragment);
    return bare + (bare.indexOf('?') < 0 ? "?" : "&") + query + rest;
  }
}
