package darban.tls;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the handshakes of a listener since it was opened. Any thread; nothing to close. */
public final class TlsCounters {
  private final LongAdder full = new LongAdder();
  private final LongAdder resumed = new LongAdder();
  private final LongAdder quic = new LongAdder();
  private final Map<HandshakeFault, LongAdder> failed = new EnumMap<>(HandshakeFault.class);

  TlsCounters() {
    for (HandshakeFault fault : HandshakeFault.values()) {
      failed.put(fault, new LongAdder());
    }
  }

  void count(TlsSession session) {
    session
        .resumed()
        .map(again -> again ? resumed : full)
        .orElse(quic) // nobody tells which of both it was
        .increment();
  }

  void count(HandshakeFault fault) {
    adder(fault).increment();
  }

  private LongAdder adder(HandshakeFault fault) {
    return java.util.Objects.requireNonNull(failed.get(fault));
  }

  /** Handshakes over TCP that ended well and agreed on new keys by certificate. */
  public long full() {
    return full.sum();
  }

  /** Handshakes over TCP that ended well and went on from an earlier session. */
  public long resumed() {
    return resumed.sum();
  }

  /** Handshakes over QUIC that ended well; its engine does not tell full from resumed. */
  public long quic() {
    return quic.sum();
  }

  /** Handshakes that failed for this reason. */
  public long failed(HandshakeFault fault) {
    return adder(fault).sum();
  }
}
