package darban.serve.steering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Bench;
import darban.testkit.Guard;
import darban.testkit.RawClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Guard.class)
class SteeringServerTest {
  private static SteeringServer server(Map<String, Integer> shares) {
    return new SteeringServer(new SteeringConfig(shares, Duration.ofMinutes(5)));
  }

  @Test
  void order_ofShares_isKeptByEachPlayer_andSharesAreMet() {
    Map<String, Integer> shares = new LinkedHashMap<>();
    shares.put("a", 1);
    shares.put("b", 3);
    shares.put("c", 0);
    SteeringServer server = server(shares);
    Map<String, Integer> firsts = new HashMap<>();
    for (int player = 0; player < 10_000; player++) {
      List<String> order = server.order(player);
      assertEquals(order, server.order(player));
      assertEquals(3, order.stream().distinct().count());
      assertEquals("c", order.getLast());
      firsts.merge(order.getFirst(), 1, Integer::sum);
    }
    assertTrue(Math.abs(firsts.getOrDefault("a", 0) - 2_500) < 250, firsts::toString);
    assertEquals(2, firsts.size());
  }

  @Test
  void manifest_onTheWire() throws Exception {
    try (Bench bench =
        Bench.yaml(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            sites:
              "*":
                routes:
                  - match: { path: /steer }
                    steering: { pathways: [ cdn-b, cdn-a ], ttl: 30s }
                  - { service: origin }
            services: { origin: { servers: [ "http://ORIGIN" ] } }
            log: { access: off }
            """)) {
      try (RawClient client = bench.client()) {
        RawClient.Answer answer =
            client
                .send("GET /steer?_HLS_pathway=cdn-a&_HLS_throughput=9 HTTP/1.1\r\nHost: h\r\n\r\n")
                .answer();
        assertEquals(
            "{\"VERSION\":1,\"TTL\":30,\"PATHWAY-PRIORITY\":[\"cdn-b\",\"cdn-a\"]}\n",
            answer.body());
        assertEquals("application/json", answer.field("Content-Type"));
        assertEquals("*", answer.field("Access-Control-Allow-Origin"));
        assertEquals("no-store", answer.field("Cache-Control"));
        assertEquals(405, client.send("PUT /steer HTTP/1.1\r\nHost: h\r\n\r\n").answer().status());
      }
    }
  }
}
