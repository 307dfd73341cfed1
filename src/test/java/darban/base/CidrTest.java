package darban.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.1.2.3/8, 10.9.9.9, true",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.128, true",
    "0.0.0.0/0, 255.1.2.3, true",
    "0.0.0.0/0, ::1, false",
    "1.2.3.4, 1.2.3.4, true",
    "1.2.3.4, 1.2.3.5, false",
    "1.2.3.4/32, 1.2.3.4, true",
    "::/0, 2001:db8::1, true",
    "::/0, 1.2.3.4, false",
    "fd00::/8, fdff::1, true",
    "fd00::/8, fe00::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::1, ::1, true",
    "::1/128, ::2, false",
    "127.0.0.0/8, ::ffff:127.0.0.1, true",
    "::ffff:127.0.0.1, 127.0.0.1, true",
  })
  void contains_address_asTheBitsSay(String block, String address, boolean in) throws Exception {
    assertEquals(in, Cidr.parse(block).orElseThrow().contains(InetAddress.getByName(address)));
  }

  @Test
  void contains_mappedBytes_areTheIpv4Address() {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[12] = 127;
    mapped[15] = 1;
    assertTrue(Cidr.parse("127.0.0.0/8").orElseThrow().contains(mapped));
    mapped[9] = 1;
    assertFalse(Cidr.parse("127.0.0.0/8").orElseThrow().contains(mapped));
    assertFalse(Cidr.parse("10.0.0.0/8").orElseThrow().contains(new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8 ",
        "10.0.0.0/\u0668",
        "10.0.0.0/0008",
        "::/129",
        "10.0.0/8",
        "10.0.0.256",
        "1.2.3.4.5",
        "example.com",
        "localhost",
        "0x7f.0.0.1",
        "2130706433",
        "[::1]",
        "::1/64/64",
        "1.2.3.4/8/8",
        ":",
        "::g",
        "1.2.3.\u0664",
      })
  void parse_otherText_empty(String text) {
    assertEquals(Optional.empty(), Cidr.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4, 4",
    "255.255.255.255, 4",
    "::, 16",
    "2001:db8::1, 16",
    "::ffff:1.2.3.4, 4",
  })
  void literal_address_itsBytes(String text, int bytes) {
    assertEquals(bytes, Cidr.literal(text).orElseThrow().length);
  }

  @Test
  void equality_prefixCounts() {
    Cidr eight = Cidr.parse("10.0.0.0/8").orElseThrow();
    assertEquals(eight, Cidr.parse("10.0.0.0/8").orElseThrow());
    assertEquals(eight.hashCode(), Cidr.parse("10.0.0.0/8").orElseThrow().hashCode());
    assertNotEquals(eight, Cidr.parse("10.0.0.0/9").orElseThrow());
    assertEquals("10.0.0.0/8", eight.toString());
  }

  @Test
  void contains_randomBlocks_agreesWithArithmetic() throws Exception {
    Random random = new Random(13);
    for (int i = 0; i < 10_000; i++) {
      byte[] network = bytes(random.nextInt());
      int prefix = random.nextInt(33);
      byte[] address = random.nextBoolean() ? bytes(random.nextInt()) : network.clone();
      address[random.nextInt(4)] ^= (byte) (1 << random.nextInt(8));
      long mask = prefix == 0 ? 0 : -1L << (32 - prefix);
      boolean expected = ((number(network) ^ number(address)) & mask & 0xffffffffL) == 0;
      String block = InetAddress.getByAddress(network).getHostAddress() + "/" + prefix;
      assertEquals(expected, Cidr.parse(block).orElseThrow().contains(address), block);
    }
  }

  private static byte[] bytes(int n) {
    return new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
  }

  private static long number(byte[] b) {
    return (b[0] & 0xffL) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | (b[3] & 0xff);
  }
}
