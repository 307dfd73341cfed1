package darban.http;

import darban.base.Cidr;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Who a request came from, as the proxies before us tell it. Pure. */
public final class ForwardedFor {
  private ForwardedFor() {}

  /**
   * The client's address out of X-Forwarded-For: read from the right, the first that is not one of
   * our trusted proxies; the leftmost if all are. Empty when there is none that is an address.
   *
   * @param trusted whether an address (4 or 16 bytes) is a trusted proxy's
   */
  public static Optional<String> client(Fields fields, Predicate<byte[]> trusted) {
    String all = fields.joined(FieldName.X_FORWARDED_FOR);
    if (all == null) {
      return Optional.empty();
    }
    Optional<String> found = Optional.empty();
    List<String> members = Lists.members(all);
    for (String member : members.reversed()) {
      String address = bare(member);
      Optional<byte[]> bytes = Cidr.literal(address);
      if (bytes.isEmpty()) {
        return found;
      }
      found = Optional.of(address);
      if (!trusted.test(bytes.get())) {
        return found;
      }
    }
    return found;
  }

  /** Some write a port too, and IPv6 in brackets. */
  private static String bare(String member) {
    if (member.startsWith("[")) {
      int close = member.indexOf(']');
      return close < 0 ? member : member.substring(1, close);
    }
    int colon = member.indexOf(':');
    return colon > 0 && colon == member.lastIndexOf(':') ? member.substring(0, colon) : member;
  }
}
