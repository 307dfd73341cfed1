package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketKeysTest {
  private final TestTls.Clock clock = new TestTls.Clock();
  private final TicketKeys keys = new TicketKeys(clock, new SecureRandom());

  private List<byte[]> turned() {
    List<byte[]> turned = keys.turned();
    assertNotNull(turned);
    return turned;
  }

  @Test
  void turned_withinSixHours_staysTheSame() {
    assertEquals(1, turned().size());
    clock.forward(Duration.ofHours(6).minusMinutes(1));
    assertNull(keys.turned());
  }

  @Test
  void turned_afterSixHours_newKeySealsAndOldOneStillOpens() {
    byte[] first = turned().getFirst();
    clock.forward(Duration.ofHours(6));
    List<byte[]> next = turned();
    assertEquals(2, next.size());
    assertFalse(Arrays.equals(first, next.getFirst()));
    assertEquals(first, next.getLast());
  }

  @Test
  void turned_everySixHours_noKeyLivesLongerThanTwelve() {
    byte[] first = turned().getFirst();
    clock.forward(Duration.ofHours(6));
    turned();
    clock.forward(Duration.ofHours(6));
    List<byte[]> later = turned();
    assertEquals(2, later.size());
    assertFalse(later.contains(first));
  }

  @Test
  void turned_afterAQuietDay_oldKeyOpensNothing() {
    byte[] first = turned().getFirst();
    clock.forward(Duration.ofHours(24));
    List<byte[]> next = turned();
    assertEquals(1, next.size());
    assertFalse(next.contains(first));
  }

  @Test
  void turned_lateTurn_oldKeyIsDroppedAtTwelveHoursAllTheSame() {
    byte[] first = turned().getFirst();
    clock.forward(Duration.ofHours(11));
    assertEquals(first, turned().getLast());
    clock.forward(Duration.ofHours(1));
    List<byte[]> next = turned();
    assertEquals(1, next.size());
    assertFalse(next.contains(first));
  }
}
