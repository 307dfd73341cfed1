package darban.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the application protocols of a client's hello (RFC 7301 §3.1). Pure. */
final class Alpn {
  private static final int EXTENSION = 16;
  private static final int VERSION_AND_RANDOM = 34;

  private Alpn() {}

  /**
   * The protocols that the client offers, in its order; empty where it offers none, or where the
   * hello is malformed, which the engine will find out. Leaves the buffer's indices alone.
   */
  static List<String> offered(ByteBuf hello) {
    try {
      ByteBuf rest = hello.slice();
      rest.skipBytes(VERSION_AND_RANDOM);
      rest.skipBytes(rest.readUnsignedByte()); // session id
      rest.skipBytes(rest.readUnsignedShort()); // cipher suites
      rest.skipBytes(rest.readUnsignedByte()); // compression methods
      ByteBuf extensions = rest.readSlice(rest.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
        if (type == EXTENSION) {
          return names(extension.readSlice(extension.readUnsignedShort()));
        }
      }
      return List.of();
    } catch (IndexOutOfBoundsException malformed) {
      return List.of();
    }
  }

  private static List<String> names(ByteBuf list) {
    List<String> names = new ArrayList<>();
    while (list.isReadable()) {
      names.add(list.readString(list.readUnsignedByte(), StandardCharsets.ISO_8859_1));
    }
    return names;
  }
}
