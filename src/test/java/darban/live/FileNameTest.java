package darban.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameTest {
  @ParameterizedTest
  @CsvSource({
    "live.mpd, MANIFEST, live.mpd, -1, live",
    "live.m3u8, MANIFEST, live.m3u8, -1, live",
    "init-stream0.m4s, HEAD, init-stream#.m4s, 0, stream0",
    "chunk-stream0-00017.m4s, SEGMENT, chunk-stream0-#.m4s, 17, stream0",
    "init.mp4, HEAD, init.mp4, -1, main",
    "live7.ts, SEGMENT, live#.ts, 7, live",
    "1080p/init.mp4, HEAD, #p/init.mp4, 1080, 1080p",
    "1080p/seg_42.m4s, SEGMENT, 1080p/seg_#.m4s, 42, 1080p",
    "video.cmfv, SEGMENT, video.cmfv, -1, video",
    "Streams(video-1.cmfv), SEGMENT, Streams(video-1.cmfv), -1, video-1",
    "Streams(video.cmfv), SEGMENT, Streams(video.cmfv), -1, video",
    "poster.jpg, OTHER, poster.jpg, -1, poster",
    "99999999999999999999.ts, SEGMENT, 99#.ts, 999999999999999999, 99",
  })
  void name_tellsWhatIsInIt(String text, String kind, String series, long number, String track) {
    FileName name = FileName.of(text);
    assertEquals(kind, name.kind().name());
    assertEquals(series, name.series());
    assertEquals(number, name.number());
    assertEquals(track, name.track());
  }

  @ParameterizedTest
  @CsvSource({
    "stream.ts, true",
    "720p/stream.TS, true",
    "video.cmfv, true",
    "stream, true",
    "a.b/video.mp4, true",
    "seg-7.m4s, false",
    "segment7, false",
    "stream7.ts, false",
    "stream-720p.ts, false",
    "a/20261127.ts, false",
    "stream.ts.jpg, false",
    "stream.aac, false",
  })
  void name_tellsWhetherAMultiplexMayBeInIt(String text, boolean may) {
    assertEquals(may, FileName.of(text).mayBeMultiplexed());
  }
}
