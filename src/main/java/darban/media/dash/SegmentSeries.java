package darban.media.dash;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The segments of a representation whose addresses are made by a template (ISO/IEC 23009-1
 * §5.3.9.4). Immutable, any thread.
 */
public final class SegmentSeries {
  private final String template;
  private final UrlTemplate addresses;
  private final SegmentTimes times;

  private SegmentSeries(String template, UrlTemplate addresses, SegmentTimes times) {
    this.template = template;
    this.addresses = addresses;
    this.times = times;
  }

  /** With that template, which is filled; empty if it makes no addresses. */
  static Optional<SegmentSeries> of(String template, SegmentTimes times) {
    return UrlTemplate.of(template).map(addresses -> new SegmentSeries(template, addresses, times));
  }

  /** The template, in which number or time is not told: an address but for that. */
  public String template() {
    return template;
  }

  /** The same segments at another address. */
  public Optional<SegmentSeries> at(String otherTemplate) {
    return of(otherTemplate, times);
  }

  /** The folder in which all of them are, or in folders of which; empty if that is not told. */
  public String folder() {
    return addresses.folder();
  }

  /** Where a player begins that is to be {@code delay} behind what is live. */
  Optional<String> start(Instant now, Duration delay) {
    long start = times.start(now, delay);
    return start < 0 ? Optional.empty() : Optional.of(address(start));
  }

  /** What follows on a segment, if it is one of these and the next is there by {@code now}. */
  public Optional<String> after(String address, Instant now) {
    OptionalLong value = addresses.value(address);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    long index =
        addresses.timed()
            ? times.ofTime(value.getAsLong())
            : value.getAsLong() - times.startNumber();
    return index < 0 || index >= times.last(now)
        ? Optional.empty()
        : Optional.of(address(index + 1));
  }

  private String address(long index) {
    return addresses.address(addresses.timed() ? times.time(index) : times.startNumber() + index);
  }
}
