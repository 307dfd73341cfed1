package darban.live;

import darban.base.Failure;
import darban.flow.Body;
import darban.flow.Sink;
import darban.http.Fields;
import darban.media.ts.TsDemuxer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transport stream that comes in one piece: each track in it goes on as if it was uploaded by
 * itself. What befalls one of them, befalls all. Event loop of the publisher.
 *
 * <pre>
 *   stream.ts ─ TsDemuxer ─┬─► Upload of stream-video.cmfv
 *                          └─► Upload of stream-audio.cmfv
 * </pre>
 */
final class Multiplex implements Ingest {
  /** Chunks in a part. */
  private static final int CHUNKS = 4;

  private final Upload upload;
  private final Map<String, Branch> tracks = new LinkedHashMap<>();
  private final TsDemuxer demuxer;
  private boolean broken;

  /** Nothing yet; the names of its tracks begin with that of {@code upload}. */
  Multiplex(Upload upload) {
    this.upload = upload;
    HubConfig.Cutting cutting = upload.stream().config().cutting();
    this.demuxer = new TsDemuxer(cutting.goal() / CHUNKS, this::give);
  }

  @Override
  public void accept(ByteBuf bytes) {
    demuxer.accept(bytes.nioBuffer());
  }

  private void give(String track, ByteBuffer bytes) {
    if (broken) {
      return;
    }
    Branch to = tracks.get(track);
    if (to == null) {
      to = new Branch();
      tracks.put(track, to);
      String name = FileName.ofTrack(upload.name().track() + "-" + track);
      Upload.start(upload.stream(), name, upload.loop(), to, Upload.Sender.MULTIPLEX);
    }
    to.give(bytes);
  }

  @Override
  public void pieceEnds() {
    demuxer.pieceEnds();
  }

  @Override
  public void end() {
    demuxer.end();
    all().forEach(Branch::end);
  }

  @Override
  public void fail(Failure why) {
    broken = true;
    all().forEach(each -> each.fail(why));
  }

  private List<Branch> all() {
    return List.copyOf(tracks.values());
  }

  /** A track, as a body. */
  private final class Branch extends Body.Stream {
    private @Nullable Sink sink;

    private void give(ByteBuffer bytes) {
      if (sink != null) {
        sink.data(Unpooled.wrappedBuffer(bytes));
      }
    }

    private void end() {
      Sink to = sink;
      sink = null;
      if (to != null) {
        to.end(Fields.NONE);
      }
    }

    private void fail(Failure why) {
      Sink to = sink;
      sink = null;
      if (to != null) {
        to.fail(why);
      }
    }

    @Override
    public void open(Sink sink) {
      this.sink = sink;
    }

    @Override
    public long length() {
      return -1;
    }

    @Override
    public void pause() {
      // Live streams are not held back.
    }

    @Override
    public void resume() {
      // See above.
    }

    @Override
    public void cancel(Failure why) {
      sink = null;
      upload.refuse(why);
    }
  }
}
