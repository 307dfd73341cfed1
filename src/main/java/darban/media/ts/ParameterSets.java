package darban.media.ts;

import darban.media.mp4.Track;
import java.nio.ByteBuffer;

/**
 * What the NAL units of a coding are, and the parameter sets that came last. Units are without
 * start codes. Confined to one thread.
 */
sealed interface ParameterSets permits AvcSets, HevcSets {
  /** What a unit is. */
  enum Unit {
    /** A parameter set: MP4 keeps it apart. */
    SET,
    /** A part of a picture. */
    SLICE,
    /** What MP4 has no need of: delimiters, filler. */
    NOISE,
    OTHER
  }

  Unit unit(ByteBuffer unit);

  /** Whether a slice is the first of its picture. */
  boolean isFirst(ByteBuffer slice);

  /** Whether decoding can begin with the picture that a unit is of. */
  boolean isSync(ByteBuffer unit);

  /** Remembers a parameter set. */
  void take(ByteBuffer set);

  /** Whether that set is remembered as it is. */
  boolean knows(ByteBuffer set);

  /** How many pictures one sample has at most: two where they may be fields. */
  int mostPictures();

  /** Whether there is all that a decoder needs. */
  boolean areComplete();

  /** The track that they are of; they are complete. */
  Track track();
}
