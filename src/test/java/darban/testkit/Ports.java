package darban.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for programs that cannot ask for a free one themselves. They lie below those the kernel
 * gives to clients and to port 0, so that nobody takes one between our look and its use.
 */
public final class Ports {
  private static final int LOWEST = 12_000;
  private static final int HIGHEST = 32_000;

  /** Tests run in two processes at a time: the one has the even ports, the other the odd ones. */
  private static final int FORK = Integer.getInteger("darban.fork", 0) % 2;

  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private Ports() {}

  /** A port that nobody listens on, and that is given once. */
  public static int free() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST / 2, HIGHEST / 2) * 2 + FORK;
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** Whether somebody listens on that port of the loopback address. */
  public static boolean isOpen(int port) {
    try (java.net.Socket socket = new java.net.Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }
}
