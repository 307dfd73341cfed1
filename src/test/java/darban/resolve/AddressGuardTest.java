package darban.resolve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import darban.base.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressGuardTest {
  private static final AddressGuard PUBLIC = AddressGuard.publicOnly(List.of());

  /** The first and the last address of each block of RFC 6890, and their neighbours. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.0.0.0                | false
          0.255.255.255          | false
          1.1.1.1                | true
          9.255.255.255          | true
          10.0.0.0               | false
          10.255.255.255         | false
          11.0.0.0               | true
          100.63.255.255         | true
          100.64.0.0             | false
          100.127.255.255        | false
          100.128.0.0            | true
          126.255.255.255        | true
          127.0.0.1              | false
          127.255.255.255        | false
          128.0.0.0              | true
          169.253.255.255        | true
          169.254.169.254        | false
          169.255.0.0            | true
          172.15.255.255         | true
          172.16.0.0             | false
          172.31.255.255         | false
          172.32.0.0             | true
          192.0.0.8              | false
          192.0.1.0              | true
          192.0.2.1              | false
          192.88.99.1            | false
          192.167.255.255        | true
          192.168.0.0            | false
          192.169.0.0            | true
          198.17.255.255         | true
          198.18.0.0             | false
          198.19.255.255         | false
          198.20.0.0             | true
          198.51.100.7           | false
          203.0.113.7            | false
          223.255.255.255        | true
          224.0.0.1              | false
          239.255.255.255        | false
          240.0.0.1              | false
          255.255.255.255        | false
          ::                     | false
          ::1                    | false
          ::2                    | false
          ::ffff:10.0.0.1        | false
          ::ffff:1.1.1.1         | true
          64:ff9b::127.0.0.1     | false
          64:ff9b::1.1.1.1       | true
          100::1                 | false
          2001:db8::1            | false
          2001:4860:4860::8888   | true
          2002:7f00:1::          | false
          2002:0101:0101::       | true
          2606:4700::1111        | true
          fbff::1                | true
          fc00::1                | false
          fdff::1                | false
          fe80::1                | false
          fec0::1                | false
          ff02::1                | false
          """)
  void publicOnly_eachBlock(String address, boolean allowed) throws Exception {
    assertEquals(allowed, PUBLIC.allows(InetAddress.getByName(address), 443), address);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 80, true",
    "10.2.0.0, 80, false",
    "127.0.0.1, 8090, true",
    "127.0.0.1, 8091, false",
    "127.0.0.2, 8090, false",
    "1.1.1.1, 1, true",
  })
  void exceptions_onlyWhatTheyName(String address, int port, boolean allowed) throws Exception {
    AddressGuard guard =
        AddressGuard.publicOnly(
            List.of(
                AddressGuard.block(Cidr.parse("10.1.0.0/16").orElseThrow()),
                AddressGuard.single(Cidr.parse("127.0.0.1").orElseThrow(), 8090)));
    assertEquals(allowed, guard.allows(InetAddress.getByName(address), port));
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void and_bothMustAgree(boolean one, boolean other) {
    AddressGuard both = ((AddressGuard) (a, p) -> one).and((a, p) -> other);
    assertEquals(one && other, both.allows(InetAddress.getLoopbackAddress(), 1));
  }
}
