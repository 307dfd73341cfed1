package darban.serve.media;

import darban.media.library.MediaInfo;
import darban.media.library.MediaInfo.TrackInfo;
import darban.media.mp4.Format;
import darban.serve.Html;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a library has, as programs read it. Pure; see the package. */
final class Told {
  private Told() {}

  /** A folder, or what was searched for in it. */
  static JsonObject list(String folder, List<Item> items) {
    JsonArray all = new JsonArray();
    items.forEach(each -> all.add(item(each).put("href", each.href(folder))));
    return new JsonObject().put("path", folder).put("items", all);
  }

  /** A film or a piece of music. */
  static JsonObject about(Stock.About about, LibraryConfig config) {
    Item item = about.item();
    JsonObject told = item(item).put("poster", "poster");
    if (!config.hides(item.name())) {
      told.put("file", "../" + Html.encoded(item.name()));
    }
    if (about.info().isEmpty()) {
      return told.put("wrong", about.wrong());
    }
    MediaInfo info = about.info().get();
    if (Offer.isMovie(item.name())) {
      told.put("hls", "index.m3u8");
      if (config.key().isEmpty()) {
        told.put("dash", "index.mpd");
      }
    }
    told.put("type", info.mediaType());
    JsonObject tags = new JsonObject();
    info.tags().texts().forEach(tags::put);
    JsonArray tracks = new JsonArray();
    info.tracks().forEach(each -> track(each).ifPresent(tracks::add));
    JsonArray texts = new JsonArray();
    for (int i = 0; i < about.texts().size(); i++) {
      var text = about.texts().get(i);
      texts.add(
          new JsonObject()
              .put("language", text.language())
              .put("name", text.name())
              .put("href", "s" + i + ".vtt"));
    }
    JsonArray chapters = new JsonArray();
    info.chapters()
        .forEach(each ->
            chapters.add(
                new JsonObject().put("seconds", each.start() / 1000.0).put("title", each.title())));
    return told.put("tags", tags)
        .put("tracks", tracks)
        .put("subtitles", texts)
        .put("chapters", chapters);
  }

  private static JsonObject item(Item item) {
    JsonObject told =
        new JsonObject()
            .put("kind", item.kind().name().toLowerCase(Locale.ROOT))
            .put("path", item.path())
            .put("title", item.title());
    if (item.size() >= 0) {
      told.put("size", item.size());
    }
    if (item.modified() >= 0) {
      told.put("modified", Instant.ofEpochMilli(item.modified()).toString());
    }
    return item.millis() > 0 ? told.put("seconds", item.millis() / 1000.0) : told;
  }

  private static Optional<JsonObject> track(TrackInfo track) {
    JsonObject told = new JsonObject();
    switch (track.format()) {
      case Format.Video video ->
          told.put("kind", "video").put("width", video.width()).put("height", video.height());
      case Format.Audio audio ->
          told.put("kind", "audio").put("channels", audio.channels()).put("rate", audio.rate());
      case Format.Text text -> told.put("kind", "text");
      case Format.Other other -> {
        return Optional.empty();
      }
    }
    return Optional.of(
        told.put("codec", track.codec())
            .put("language", track.language())
            .put("name", track.name())
            .put("default", track.chosen()));
  }

  /** What a track is, for people. */
  static Optional<String> line(TrackInfo track) {
    String language = track.language().equals("und") ? "" : " · " + track.language();
    return switch (track.format()) {
      case Format.Video video ->
          Optional.of(track.codec() + " · " + video.width() + "×" + video.height());
      case Format.Audio audio ->
          Optional.of(
              track.codec() + " · " + audio.rate() + " Hz × " + audio.channels() + language);
      default -> Optional.empty();
    };
  }
}
