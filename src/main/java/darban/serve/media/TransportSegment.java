package darban.serve.media;

import darban.media.Pieces;
import darban.media.mp4.SampleTable;
import darban.media.recording.Recording;
import darban.media.segment.Segments;
import darban.media.ts.TsMuxer;
import darban.media.ts.TsOrder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A segment for old players, muxed of samples in memory: {@link #payload} tells which, track by
 * track, and {@link #mux} takes them. Confined to one thread at a time.
 */
final class TransportSegment {
  private final Recording.Transport transport;
  private final List<Segments> tracks;
  private final Pieces payload;
  private final int[] starts;
  private final int most;

  /** Of what {@code transport} says. */
  TransportSegment(Recording.Transport transport) {
    this.transport = transport;
    this.tracks = transport.segments();
    List<Pieces.Builder> parts = new ArrayList<>();
    tracks.forEach(each -> parts.add(Pieces.builder()));
    TsMuxer muxer = new TsMuxer(tracks, transport.number());
    long bytes = TsMuxer.tablesSize();
    for (TsOrder order = order(); order.next(); ) {
      int stream = order.stream();
      bytes += muxer.most(stream, order.bytes(), order.count());
      SampleTable samples = samples(stream);
      int file = transport.streams().get(stream).file();
      for (int i = order.first(); i < order.first() + order.count(); i++) {
        samples.addTo(parts.get(stream), i, file);
      }
    }
    this.most = Offer.inMemory(bytes);
    this.starts = new int[tracks.size()];
    Pieces.Builder all = Pieces.builder();
    long at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = (int) at;
      Pieces part = parts.get(i).build();
      part.list().forEach(all::add);
      at += part.length();
    }
    this.payload = all.build();
  }

  private TsOrder order() {
    return TsOrder.of(tracks, transport.number());
  }

  private SampleTable samples(int stream) {
    return tracks.get(stream).track().samples();
  }

  /** The samples, those of the first track before those of the second. */
  Pieces payload() {
    return payload;
  }

  /** The segment that samples become, in memory that the caller owns. */
  ByteBuf mux(ByteBuffer bytes) {
    return Product.written(most, out -> mux(bytes, out));
  }

  private void mux(ByteBuffer bytes, ByteBuffer out) {
    int[] at = starts.clone();
    TsMuxer muxer = new TsMuxer(tracks, transport.number());
    muxer.tables(out);
    for (TsOrder order = order(); order.next(); ) {
      int stream = order.stream();
      boolean picture = tracks.get(stream).track().isVideo();
      if (!picture) {
        muxer.sounds(stream, order.count(), order.bytes(), order.decoded(), out);
      }
      for (int i = order.first(); i < order.first() + order.count(); i++) {
        int size = samples(stream).size(i);
        ByteBuffer sample = bytes.slice(at[stream], size);
        at[stream] += size;
        if (picture) {
          muxer.picture(stream, sample, order.decoded(), order.shown(), order.isSync(), out);
        } else {
          muxer.sound(stream, sample);
        }
      }
    }
  }
}
