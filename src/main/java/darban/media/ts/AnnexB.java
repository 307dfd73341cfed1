package darban.media.ts;

import darban.media.MalformedMedia;
import darban.media.mp4.AvcConfig;
import java.nio.ByteBuffer;

/**
 * A sample of H.264 as transport streams have it (ISO/IEC 14496-10 annex B): NAL units behind start
 * codes rather than lengths, an access unit delimiter in front, and before a sync sample the
 * parameter sets that MP4 keeps apart. Confined to one thread.
 */
final class AnnexB {
  private static final byte[] START_CODE = {0, 0, 0, 1};
  private static final byte[] DELIMITER = {0, 0, 0, 1, 9, (byte) 0xf0};
  private static final int NAL_TYPE = 0x1f;
  private static final int SEQUENCE_SET = 7;
  private static final int DELIMITER_TYPE = 9;

  private final int lengthSize;
  private final byte[] sets;

  AnnexB(AvcConfig config) {
    this.lengthSize = config.lengthSize();
    int size = 0;
    for (ByteBuffer set : config.sequences()) {
      size += START_CODE.length + set.remaining();
    }
    for (ByteBuffer set : config.pictures()) {
      size += START_CODE.length + set.remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    config.sequences().forEach(set -> all.put(START_CODE).put(set.duplicate()));
    config.pictures().forEach(set -> all.put(START_CODE).put(set.duplicate()));
    this.sets = all.array();
  }

  /** The most bytes that a sample of {@code size} becomes. */
  int most(int size) {
    return DELIMITER.length + sets.length + size + (4 - lengthSize) * (size / lengthSize + 1);
  }

  /** Bytes that a sample becomes, without writing them. */
  int size(ByteBuffer sample, boolean sync) {
    int size = DELIMITER.length;
    boolean own = false;
    for (int at = sample.position(); at < sample.limit(); at += lengthSize + length(sample, at)) {
      int type = type(sample, at);
      own |= type == SEQUENCE_SET;
      size += type == DELIMITER_TYPE ? 0 : START_CODE.length + length(sample, at);
    }
    return size + (sync && !own ? sets.length : 0);
  }

  /** Writes a sample into packets; the buffer's limits are moved while it does and put back. */
  void write(ByteBuffer sample, boolean sync, Packets out) {
    out.put(DELIMITER);
    if (sync && size(sample, true) != size(sample, false)) {
      out.put(sets);
    }
    int start = sample.position();
    int end = sample.limit();
    for (int at = start; at < end; ) {
      int length = length(sample, at);
      int next = at + lengthSize + length;
      if (type(sample, at) != DELIMITER_TYPE) {
        out.put(START_CODE);
        sample.limit(next).position(at + lengthSize);
        out.put(sample);
        sample.limit(end);
      }
      at = next;
    }
    sample.position(start);
  }

  private int length(ByteBuffer sample, int at) {
    if (sample.limit() - at < lengthSize) {
      throw new MalformedMedia("a picture ends within a NAL unit");
    }
    int length = 0;
    for (int i = 0; i < lengthSize; i++) {
      length = length << 8 | (sample.get(at + i) & 0xff);
    }
    if (length < 0 || length > sample.limit() - at - lengthSize) {
      throw new MalformedMedia("a picture ends within a NAL unit");
    }
    return length;
  }

  private int type(ByteBuffer sample, int at) {
    return length(sample, at) == 0 ? 0 : sample.get(at + lengthSize) & NAL_TYPE;
  }
}
