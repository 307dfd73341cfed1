package darban.wire;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What SOCKS clients send and what they are answered: version 4, 4a and 5 (RFC 1928, RFC 1929).
 * Each reader works on the bytes so far and returns null while they are too few. Pure.
 */
public final class Socks {
  /** The first byte of a version 4 client. */
  public static final int VERSION_4 = 4;

  /** The first byte of a version 5 client. */
  public static final int VERSION_5 = 5;

  /** Version 5: no authentication. */
  public static final int NO_AUTHENTICATION = 0;

  /** Version 5: name and password (RFC 1929). */
  public static final int PASSWORD = 2;

  private static final int CONNECT = 1;
  private static final int NONE_ACCEPTABLE = 0xff;
  private static final int MOST_TEXT = 255;

  private Socks() {}

  /**
   * Something read.
   *
   * @param value what it says
   * @param length bytes it took
   */
  public record Read<T>(T value, int length) {}

  /**
   * Name and password.
   *
   * @param password as sent, UTF-8
   */
  public record Credentials(String name, String password) {}

  /** The methods a version 5 client offers. */
  public static @Nullable Read<int[]> methods(byte[] b, int to) {
    if (to < 2 || to < 2 + (b[1] & 0xff)) {
      return null;
    }
    int[] methods = new int[b[1] & 0xff];
    for (int i = 0; i < methods.length; i++) {
      methods[i] = b[2 + i] & 0xff;
    }
    return new Read<>(methods, 2 + methods.length);
  }

  /** The answer to {@link #methods}; -1 says that none is acceptable. */
  public static byte[] chosen(int method) {
    return new byte[] {VERSION_5, (byte) (method < 0 ? NONE_ACCEPTABLE : method)};
  }

  /** Name and password (RFC 1929 §2). */
  public static @Nullable Read<Credentials> credentials(byte[] b, int to) throws Failure {
    if (to < 1) {
      return null;
    }
    if (b[0] != 1) {
      throw malformed();
    }
    if (to < 2) {
      return null;
    }
    int nameEnd = 2 + (b[1] & 0xff);
    if (to <= nameEnd) {
      return null;
    }
    int end = nameEnd + 1 + (b[nameEnd] & 0xff);
    if (to < end) {
      return null;
    }
    String name = new String(b, 2, nameEnd - 2, StandardCharsets.UTF_8);
    String password = new String(b, nameEnd + 1, end - nameEnd - 1, StandardCharsets.UTF_8);
    return new Read<>(new Credentials(name, password), end);
  }

  /** The answer to {@link #credentials}. */
  public static byte[] authenticated(boolean right) {
    return new byte[] {1, (byte) (right ? 0 : 1)};
  }

  /** The destination of a version 5 CONNECT (RFC 1928 §4). */
  public static @Nullable Read<HostPort> request5(byte[] b, int to) throws Failure {
    if (to < 5) {
      return null;
    }
    if (b[0] != VERSION_5 || b[2] != 0) {
      throw malformed();
    }
    if (b[1] != CONNECT) {
      throw Failure.of(Kind.NOT_IMPLEMENTED, "only CONNECT is offered");
    }
    int from = 4;
    int length =
        switch (b[3]) {
          case 1 -> 4;
          case 4 -> 16;
          case 3 -> b[from++] & 0xff;
          default -> throw malformed();
        };
    int end = from + length + 2;
    if (to < end) {
      return null;
    }
    String host =
        b[3] == 3
            ? new String(b, from, length, StandardCharsets.ISO_8859_1)
            : address(Arrays.copyOfRange(b, from, from + length));
    return new Read<>(checked(host, port(b, end - 2)), end);
  }

  /**
   * The destination of a version 4 or 4a CONNECT. Version 4a puts a name behind the user's, and an
   * address 0.0.0.x in the place of the address.
   */
  public static @Nullable Read<HostPort> request4(byte[] b, int to) throws Failure {
    if (to < 9) {
      return null;
    }
    if (b[1] != CONNECT) {
      throw Failure.of(Kind.NOT_IMPLEMENTED, "only CONNECT is offered");
    }
    int userEnd = zero(b, 8, to);
    if (userEnd < 0) {
      return null;
    }
    int port = port(b, 2);
    boolean named = b[4] == 0 && b[5] == 0 && b[6] == 0 && b[7] != 0;
    if (!named) {
      return new Read<>(checked(address(Arrays.copyOfRange(b, 4, 8)), port), userEnd + 1);
    }
    int hostEnd = zero(b, userEnd + 1, to);
    if (hostEnd < 0) {
      return null;
    }
    String host = new String(b, userEnd + 1, hostEnd - userEnd - 1, StandardCharsets.ISO_8859_1);
    return new Read<>(checked(host, port), hostEnd + 1);
  }

  private static int zero(byte[] b, int from, int to) throws Failure {
    for (int i = from; i < to; i++) {
      if (b[i] == 0) {
        return i;
      }
      if (i - from >= MOST_TEXT) {
        throw malformed();
      }
    }
    return -1;
  }

  private static int port(byte[] b, int at) {
    return (b[at] & 0xff) << 8 | (b[at + 1] & 0xff);
  }

  private static String address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static HostPort checked(String host, int port) throws Failure {
    String authority = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    if (authority.indexOf(':') >= 0 && !authority.startsWith("[")) {
      throw malformed();
    }
    HostPort parsed = HostPort.parse(authority).orElseThrow(Socks::malformed);
    return parsed.withPort(port);
  }

  private static Failure malformed() {
    return Failure.of(Kind.BAD_REQUEST, "malformed SOCKS request");
  }

  /** The answer to a version 5 request; {@code status} is that of HTTP for what became of it. */
  public static byte[] reply5(int status) {
    return new byte[] {VERSION_5, reply5Code(status), 0, 1, 0, 0, 0, 0, 0, 0};
  }

  private static byte reply5Code(int status) {
    return switch (status) {
      case 200 -> 0;
      case 403, 407 -> 2;
      case 502 -> 5;
      case 504 -> 4;
      case 501, 405 -> 7;
      default -> 1;
    };
  }

  /** The answer to a version 4 request. */
  public static byte[] reply4(int status) {
    return new byte[] {0, (byte) (status == 200 ? 90 : 91), 0, 0, 0, 0, 0, 0};
  }
}
