package darban.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import javax.net.ssl.SSLHandshakeException;

/** A client's hello that we answer with an alert before any engine saw it. Immutable. */
final class HelloRefusal extends SSLHandshakeException {
  private static final long serialVersionUID = 1;
  private static final int ALERT = 21;
  private static final int FATAL = 2;
  private static final int UNRECOGNIZED_NAME = 112;
  private static final int NO_APPLICATION_PROTOCOL = 120;
  private static final int INTERNAL_ERROR = 80;

  private final HandshakeFault fault;

  HelloRefusal(HandshakeFault fault, String reason) {
    super(reason);
    this.fault = fault;
  }

  /** Anybody can bring it about at any rate: it is to cost nothing. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  HandshakeFault fault() {
    return fault;
  }

  /** The alert's record (RFC 8446 §6); the caller releases it or writes it. */
  ByteBuf alert(ByteBufAllocator allocator) {
    int description =
        switch (fault) {
          case UNKNOWN_NAME -> UNRECOGNIZED_NAME;
          case NO_SHARED_PROTOCOL -> NO_APPLICATION_PROTOCOL;
          default -> INTERNAL_ERROR;
        };
    return allocator
        .buffer(7)
        .writeByte(ALERT)
        .writeShort(0x0303)
        .writeShort(2)
        .writeByte(FATAL)
        .writeByte(description);
  }
}
