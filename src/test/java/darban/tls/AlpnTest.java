package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class AlpnTest {
  private static final int RECORD_AND_HANDSHAKE_HEADER = 9;

  private static ByteBuf hello(String... names) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("a.example", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(names);
    engine.setSSLParameters(parameters);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    record.flip().position(RECORD_AND_HANDSHAKE_HEADER);
    return Unpooled.wrappedBuffer(record);
  }

  @Test
  void offered_realHello_inTheClientsOrder() throws Exception {
    assertEquals(List.of("h2", "http/1.1"), Alpn.offered(hello("h2", "http/1.1")));
    assertEquals(List.of(), Alpn.offered(hello()));
  }

  @Test
  void offered_everyPrefix_noneReadAndNothingMoved() throws Exception {
    ByteBuf hello = hello("h2", "http/1.1");
    for (int length = 0; length < hello.readableBytes(); length++) {
      assertEquals(List.of(), Alpn.offered(hello.slice(hello.readerIndex(), length)));
    }
    int before = hello.readerIndex();
    Alpn.offered(hello);
    assertEquals(before, hello.readerIndex());
  }

  @Test
  void offered_spoiltBytes_neverThrows() throws Exception {
    Random random = new Random(7);
    ByteBuf hello = hello("h2", "http/1.1");
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      ByteBuf spoilt = hello.copy();
      for (int j = 0; j < 3; j++) {
        spoilt.setByte(random.nextInt(spoilt.writerIndex()), random.nextInt(256));
      }
      read += Alpn.offered(spoilt).size();
      spoilt.release();
    }
    assertEquals(true, read > 20_000, "most are still read: " + read);
  }
}
