package darban.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A name server on a port of this machine that knows what it is told, and waits where it is told to
 * (RFC 1035). Any thread; closed by the test.
 */
public final class NameServer implements AutoCloseable {
  public static final int A = 1;
  public static final int AAAA = 28;
  private static final int NO_SUCH_NAME = 3;
  private static final int SECONDS = 300;

  private final DatagramSocket socket;
  private final Map<String, List<InetAddress>> records = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();

  /** Listens on a free port. */
  public NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  /** Where it is asked. */
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** A name has these addresses. */
  public void record(String host, String... addresses) {
    records.put(host, Stream.of(addresses).map(NameServer::literal).toList());
  }

  private static InetAddress literal(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Queries of that type for a name are not answered before the latch is counted down. */
  public CountDownLatch hold(String host, int type) {
    CountDownLatch word = new CountDownLatch(1);
    held.put(host + type, word);
    return word;
  }

  /** How many queries came. */
  public int asked() {
    return asked.get();
  }

  private void serve() {
    while (!socket.isClosed()) {
      DatagramPacket query = new DatagramPacket(new byte[512], 512);
      try {
        socket.receive(query);
        asked.incrementAndGet();
        Thread.ofVirtual().start(() -> answer(query));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void answer(DatagramPacket packet) {
    try {
      byte[] answer = answer(packet.getData());
      socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      if (!socket.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private byte[] answer(byte[] packet) throws IOException, InterruptedException {
    ByteBuffer query = ByteBuffer.wrap(packet);
    int id = query.getShort(0);
    query.position(12);
    StringBuilder name = new StringBuilder();
    for (int length = query.get(); length > 0; length = query.get()) {
      byte[] label = new byte[length];
      query.get(label);
      name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
    }
    int type = query.getShort();
    query.getShort();
    String host = name.toString().toLowerCase(Locale.ROOT);
    CountDownLatch word = held.get(host + type);
    if (word != null) {
      word.await();
    }
    List<InetAddress> known = records.get(host);
    int length = type == A ? 4 : type == AAAA ? 16 : -1;
    List<InetAddress> told =
        known == null
            ? List.of()
            : known.stream().filter(each -> each.getAddress().length == length).toList();
    byte[] question = Arrays.copyOfRange(packet, 12, query.position());
    return message(id, known == null ? NO_SUCH_NAME : 0, question, type, told);
  }

  private static byte[] message(
      int id, int code, byte[] question, int type, List<InetAddress> addresses) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(0x8180 | code);
    for (int count : new int[] {1, addresses.size(), 0, 0}) {
      out.writeShort(count);
    }
    out.write(question);
    for (InetAddress address : addresses) {
      // The name of the question, which begins at 12.
      out.writeShort(0xc00c);
      out.writeShort(type);
      out.writeShort(1);
      out.writeInt(SECONDS);
      out.writeShort(address.getAddress().length);
      out.write(address.getAddress());
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    socket.close();
  }
}
