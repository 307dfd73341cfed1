package darban.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, labels and bounds that boards and alerts depend on. */
class MetersTest {
  private final Meters meters = new Meters(Instant.ofEpochSecond(1_767_323_045));

  @AfterEach
  void end() {
    meters.close();
  }

  private void answered(int code, long millis, String cache, int attempts) {
    meters.began();
    meters.ended(
        new Meters.RequestLabels("web", "*", "origin", "GET", code, "h2"),
        new Meters.Outcome(millis * 1_000_000, millis * 1_000_000, 10, 20, cache, attempts));
  }

  private boolean tells(String line) {
    return meters.scrape().lines().anyMatch(each -> each.equals(line));
  }

  private void assertTells(String line) {
    assertTrue(tells(line), () -> line + " is missing in\n" + meters.scrape());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "darban_http_requests_total{code=\"200\",listener=\"web\",method=\"GET\",proto=\"h2\","
            + "service=\"origin\",site=\"*\"} 1.0",
        "darban_http_request_duration_seconds_count{listener=\"web\",service=\"origin\"} 2",
        "darban_http_request_duration_seconds_bucket{listener=\"web\",service=\"origin\",le=\"0.3\"} 1",
        "darban_http_request_duration_seconds_bucket{listener=\"web\",service=\"origin\",le=\"1.2\"} 2",
        "darban_http_time_to_first_byte_seconds_bucket{listener=\"web\",service=\"origin\",le=\"0.3\"} 1",
        "darban_http_request_bytes_total{listener=\"web\",service=\"origin\"} 20.0",
        "darban_http_response_bytes_total{listener=\"web\",service=\"origin\"} 40.0",
        "darban_http_requests_in_flight 0.0",
        "darban_cache_requests_total{result=\"hit\",service=\"origin\"} 1.0",
        "darban_client_aborts_total 1.0",
        "darban_upstream_retries_total 2.0",
        "darban_config_last_reload_success_timestamp_seconds 1.767323045E9",
      })
  void requests_counted(String line) {
    answered(200, 200, "hit", 1);
    answered(499, 1_000, "miss", 3);
    assertTells(line);
  }

  @Test
  void inFlight_begunAndNotEnded() {
    meters.began();
    assertTells("darban_http_requests_in_flight 1.0");
  }

  @Test
  void connections_upAndDown_refusals_byReason() {
    meters.connections("web", "h2").increment();
    meters.connections("web", "h2").increment();
    meters.connections("web", "h2").decrement();
    meters.refused("web", "BAD_REQUEST");
    assertTells("darban_connections_open{listener=\"web\",proto=\"h2\"} 1.0");
    assertTells("darban_http_refused_total{listener=\"web\",reason=\"BAD_REQUEST\"} 1.0");
  }

  @Test
  void reloads_byResult() {
    meters.reloaded(false, Instant.ofEpochSecond(5));
    meters.reloaded(true, Instant.ofEpochSecond(6));
    assertTells("darban_config_reloads_total{result=\"refused\"} 1.0");
    assertTells("darban_config_reloads_total{result=\"done\"} 1.0");
    assertTells("darban_config_last_reload_success_timestamp_seconds 6.0");
  }

  @Test
  void table_rowsComeAndGo() {
    Map<List<String>, Double> rows = new HashMap<>(Map.of(List.of("name", "a"), 1.0));
    meters.table("darban.some", "Some", () -> rows);
    assertTells("darban_some{name=\"a\"} 1.0");
    rows.clear();
    rows.put(List.of("name", "b"), 2.0);
    assertTells("darban_some{name=\"b\"} 2.0");
    assertFalse(tells("darban_some{name=\"a\"} 1.0"));
  }

  @Test
  void process_itsMemoryAndDescriptorsAreTold() {
    List<String> names =
        List.of(
            "jvm_memory_used_bytes",
            "jvm_threads_live_threads",
            "process_files_open_files",
            "process_cpu_usage",
            "process_uptime_seconds");
    String all = meters.scrape();
    assertEquals(List.of(), names.stream().filter(name -> !all.contains("\n" + name)).toList());
  }
}
