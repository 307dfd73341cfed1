package darban.listen.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatagramsTest {
  private static final int MOST_BYTES = 65_507; // in a UDP datagram of IPv4

  @ParameterizedTest
  @CsvSource({
    "1350, 65527, 48",
    "1350, 1472, 48",
    "1350, 1200, 54",
    "1200, 65527, 54",
    "9000, 65527, 7",
    "9000, 1472, 44",
    "9000, 100, 54", // no client may take less than QUIC asks of any path
    "16383, 65527, 3",
  })
  void segments_fitOneCall(int payload, long taken, int segments) {
    int count = new Datagrams(payload).segments(taken);
    assertEquals(segments, count);
    assertTrue(count * Math.min(payload, Math.max(taken, 1200)) <= MOST_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"1350, 2048, 32", "9000, 9000, 8", "16383, 16383, 8"})
  void received_manyAtOnce_noneCut(int payload, int room, int atOnce) {
    Datagrams datagrams = new Datagrams(payload);
    assertEquals(room, datagrams.room());
    assertEquals(atOnce, datagrams.receivedAtOnce());
  }
}
