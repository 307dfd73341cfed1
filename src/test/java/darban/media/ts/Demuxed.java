package darban.media.ts;

import darban.media.MediaFile;
import darban.media.Span;
import darban.media.mp4.SampleTable;
import darban.media.mp4.Track;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a transport stream becomes, track by track. */
final class Demuxed {
  final Map<String, ByteArrayOutputStream> tracks = new TreeMap<>();
  final TsDemuxer demuxer =
      new TsDemuxer(
          100_000,
          (track, bytes) ->
              tracks
                  .computeIfAbsent(track, any -> new ByteArrayOutputStream())
                  .writeBytes(MediaFile.bytes(bytes)));

  /**
   * A sample.
   *
   * @param shown in microseconds, so that timescales may differ
   * @param bytes how many, and a hash of them
   */
  record Sample(long shown, boolean sync, String bytes) {}

  /** All of a stream, in one piece. */
  static Demuxed of(byte[] bytes) {
    return inPieces(bytes, bytes.length);
  }

  /** All of a stream, so many bytes at a time. */
  static Demuxed inPieces(byte[] bytes, int size) {
    Demuxed made = new Demuxed();
    for (int at = 0; at < bytes.length; at += size) {
      made.accept(bytes, at, Math.min(bytes.length, at + size));
    }
    made.demuxer.end();
    return made;
  }

  /** In memory that is overwritten once it was taken. */
  void accept(byte[] bytes, int from, int to) {
    byte[] lent = Arrays.copyOfRange(bytes, from, to);
    demuxer.accept(ByteBuffer.wrap(lent));
    Arrays.fill(lent, (byte) 0x47);
  }

  byte[] bytes(String track) {
    return Objects.requireNonNull(tracks.get(track), track).toByteArray();
  }

  Track track(String name) {
    return MediaFile.of(bytes(name)).movie().tracks().getFirst();
  }

  List<Sample> samples(String track) {
    MediaFile file = MediaFile.of(bytes(track));
    return samples(file, file.movie().tracks().getFirst());
  }

  static List<Sample> samples(MediaFile file, Track track) {
    List<Sample> all = new ArrayList<>();
    SampleTable samples = track.samples();
    int scale = track.timeline().timescale();
    for (int i = 0; i < samples.count(); i++) {
      byte[] bytes = MediaFile.bytes(file.read(new Span(samples.offset(i), samples.size(i))));
      long shown = Math.round(track.presentedAt(i) * 1e6 / scale);
      all.add(new Sample(shown, samples.isSync(i), bytes.length + ":" + Arrays.hashCode(bytes)));
    }
    return all;
  }
}
