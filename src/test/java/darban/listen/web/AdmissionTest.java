package darban.listen.web;

import static darban.listen.web.Admission.Refused.CONNECTIONS;
import static darban.listen.web.Admission.Refused.CONNECTIONS_OF_ADDRESS;
import static darban.listen.web.Admission.Refused.HANDSHAKES_OF_ADDRESS;
import static darban.listen.web.Admission.Refused.NEW_OF_ADDRESS;
import static darban.listen.web.Admission.Refused.PRESSURE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import darban.base.Cidr;
import darban.config.Rate;
import darban.listen.Pressure;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Rate ANY = new Rate(1_000_000, Duration.ofSeconds(1));
  private static final String CLIENT = "192.0.2.1";

  private final Pressure.Level[] descriptors = {new Pressure.Level(10, 1000)};
  private final Pressure pressure =
      new Pressure(() -> descriptors[0], () -> new Pressure.Level(0, 0));
  private long now = 42;

  private Admission admission(int open, int perAddress, Rate begun, Rate handshakes) {
    List<Cidr> exempt = List.of(Cidr.parse("127.0.0.0/8").orElseThrow());
    List<Cidr> trusted = List.of(Cidr.parse("10.0.0.0/8").orElseThrow());
    return new Admission(new Crowd(open, perAddress, begun, handshakes, exempt), trusted, pressure);
  }

  private static Rate in10Seconds(int amount) {
    return new Rate(amount, Duration.ofSeconds(10));
  }

  private static SocketAddress from(String address) {
    return new InetSocketAddress(address, 4711);
  }

  private Admission.@Nullable Refused admit(Admission admission, String address) {
    return admission.admit(from(address), false, now);
  }

  @Test
  void open_ofAll_boundedUntilOneIsReleased() {
    Admission admission = admission(2, 0, ANY, ANY);
    assertNull(admit(admission, "127.0.0.1"));
    assertNull(admission.admit(new DomainSocketAddress("/x"), false, now));
    assertEquals(CONNECTIONS, admit(admission, CLIENT));
    admission.release(from("127.0.0.1"));
    assertNull(admit(admission, CLIENT));
    assertEquals(CONNECTIONS, admit(admission, CLIENT));
  }

  @Test
  void open_ofOneAddress_boundedUntilOneIsReleased() {
    Admission admission = admission(0, 2, ANY, ANY);
    assertNull(admit(admission, CLIENT));
    assertNull(admit(admission, CLIENT));
    assertEquals(CONNECTIONS_OF_ADDRESS, admit(admission, CLIENT));
    assertNull(admit(admission, "192.0.2.2"));
    admission.release(from(CLIENT));
    assertNull(admit(admission, CLIENT));
    assertEquals(CONNECTIONS_OF_ADDRESS, admit(admission, CLIENT));
  }

  @Test
  void address_ofIpv6_isItsFirstHalf() {
    Admission admission = admission(0, 1, ANY, ANY);
    assertNull(admit(admission, "2001:db8:1:2::1"));
    assertEquals(CONNECTIONS_OF_ADDRESS, admit(admission, "2001:db8:1:2:ffff::9"));
    assertNull(admit(admission, "2001:db8:1:3::1"));
  }

  @Test
  void address_exemptOrTrusted_isNotCounted() {
    Admission admission = admission(0, 1, in10Seconds(1), in10Seconds(1));
    for (int i = 0; i < 5; i++) {
      assertNull(admit(admission, "127.0.0.1"));
      assertNull(admit(admission, "10.1.2.3"));
    }
  }

  @Test
  void begun_tooQuickly_refusedUntilTheSpanIsOver() {
    Admission admission = admission(0, 0, in10Seconds(3), ANY);
    for (int i = 0; i < 3; i++) {
      assertNull(admit(admission, CLIENT));
      admission.release(from(CLIENT));
    }
    assertEquals(NEW_OF_ADDRESS, admit(admission, CLIENT));
    assertNull(admit(admission, "192.0.2.2"));
    now += TimeUnit.SECONDS.toNanos(10);
    assertEquals(NEW_OF_ADDRESS, admit(admission, CLIENT));
    now++;
    assertNull(admit(admission, CLIENT));
  }

  @Test
  void handshakes_tooQuickly_refused_butNotConnectionsInClear() {
    Admission admission = admission(0, 0, ANY, in10Seconds(2));
    assertNull(admission.admit(from(CLIENT), true, now));
    assertNull(admission.admit(from(CLIENT), true, now));
    assertEquals(HANDSHAKES_OF_ADDRESS, admission.admit(from(CLIENT), true, now));
    assertNull(admit(admission, CLIENT));
  }

  @Test
  void pressure_refusesEveryone_onceWhatIsKeptBackIsUsedToo() {
    Admission admission = admission(0, 0, ANY, ANY);
    descriptors[0] = new Pressure.Level(998, 1000);
    pressure.look();
    assertNull(admit(admission, "127.0.0.1"), "accepted while another loop took the last");
    assertEquals(PRESSURE, admit(admission, "127.0.0.1"));
    descriptors[0] = new Pressure.Level(100, 1000);
    pressure.look();
    assertNull(admit(admission, "127.0.0.1"));
  }
}
