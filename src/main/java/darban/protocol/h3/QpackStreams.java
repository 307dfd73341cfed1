package darban.protocol.h3;

import io.netty.buffer.ByteBuf;

/**
 * What a client's QPACK streams may say when neither side has a dynamic table (RFC 9204 §4.3,
 * §4.4). Event loop of the connection.
 */
final class QpackStreams {
  /** To set the table's capacity to 0, which it is. */
  private static final int NO_CAPACITY = 0x20;

  private static final int MOST_OCTETS = 10;

  private int more;

  /** Of the encoder: nothing is to be inserted. */
  static void readEncoder(ByteBuf in) throws Http3Fault {
    while (in.isReadable()) {
      if (in.readByte() != NO_CAPACITY) {
        throw new Http3Fault(Http3Error.QPACK_ENCODER_STREAM_ERROR, "no dynamic table allowed");
      }
    }
  }

  /**
   * Of the decoder: it may cancel streams, the numbers of which do not matter; there is nothing to
   * acknowledge.
   */
  void readDecoder(ByteBuf in) throws Http3Fault {
    while (in.isReadable()) {
      int octet = in.readUnsignedByte();
      if (more > 0) {
        more = (octet & 0x80) == 0 ? 0 : more + 1;
      } else if ((octet & 0xc0) == 0x40) {
        more = (octet & 0x3f) == 0x3f ? 1 : 0;
      } else {
        throw new Http3Fault(Http3Error.QPACK_DECODER_STREAM_ERROR, "nothing to acknowledge");
      }
      if (more > MOST_OCTETS) {
        throw new Http3Fault(Http3Error.QPACK_DECODER_STREAM_ERROR, "number too large");
      }
    }
  }
}
