package darban.flow;

import io.netty.channel.Channel;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.epoll.EpollIoOps;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Keeps a channel in the epoll set of its loop, whatever is wanted of it just now.
 *
 * <p>Netty (4.2.18) takes a descriptor that nothing is wanted of out of the set and never puts it
 * back: whoever reads or waits to write later gets ENOENT, and the connection is lost. That happens
 * to every connection whose peer has ended its direction. So an interest in errors, which epoll
 * tells in any case, stands beside all others.
 */
public final class StandingInterest {
  private static final VarHandle OPS = ops();

  private StandingInterest() {}

  private static VarHandle ops() {
    Class<?> owner = AbstractEpollStreamChannel.class.getSuperclass();
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVarHandle(owner, "ops", EpollIoOps.class);
    } catch (ReflectiveOperationException otherVersion) {
      throw new ExceptionInInitializerError(otherVersion);
    }
  }

  /**
   * Gives it to a channel that is new: it is told to the kernel together with the first interest of
   * another kind. The channel's loop, or any thread before it has one.
   */
  public static <C extends Channel> C in(C channel) {
    return in(channel, false);
  }

  /**
   * Gives it to a channel that is not registered yet and will read at once, together with the
   * interest in what there is to read: the kernel is told of both by the call that adds it.
   */
  public static <C extends Channel> C andReading(C channel) {
    return in(channel, true);
  }

  private static <C extends Channel> C in(C channel, boolean reading) {
    // Where there is no epoll, its classes cannot be touched either.
    if (channel instanceof AbstractEpollStreamChannel socket) {
      EpollIoOps standing = ((EpollIoOps) OPS.get(socket)).with(EpollIoOps.EPOLLERR);
      OPS.set(socket, reading ? standing.with(EpollIoOps.EPOLLIN) : standing);
    }
    return channel;
  }
}
