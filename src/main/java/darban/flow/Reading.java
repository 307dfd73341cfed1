package darban.flow;

import io.netty.channel.Channel;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Stops to read from a channel and goes on. Event loop of the channel.
 *
 * <p>Netty (4.2.18) takes a descriptor that nothing is wanted of out of its epoll set and never
 * puts it back: whoever reads or waits to write later gets ENOENT, and the connection is lost. It
 * happens where reading is stopped and the far side ends its direction meanwhile. So an interest in
 * errors is kept, which epoll tells in any case.
 */
public final class Reading {
  /** From sys/epoll.h. */
  private static final int EPOLLERR = 8;

  private static final MethodHandle SET_FLAG = setFlag();

  private Reading() {}

  private static MethodHandle setFlag() {
    Class<?> owner = AbstractEpollStreamChannel.class.getSuperclass();
    MethodType type = MethodType.methodType(void.class, int.class);
    try {
      return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
          .findVirtual(owner, "setFlag", type)
          .asType(type.insertParameterTypes(0, AbstractEpollStreamChannel.class));
    } catch (ReflectiveOperationException otherVersion) {
      throw new ExceptionInInitializerError(otherVersion);
    }
  }

  /** Reads no more, until {@link #resume}. */
  public static void pause(Channel channel) {
    if (!channel.config().isAutoRead()) {
      return;
    }
    if (channel instanceof AbstractEpollStreamChannel socket
        && socket.isOpen()
        && socket.isRegistered()) {
      try {
        SET_FLAG.invokeExact(socket, EPOLLERR);
      } catch (Throwable failed) {
        channel.pipeline().fireExceptionCaught(failed);
        return;
      }
    }
    channel.config().setAutoRead(false);
  }

  /** Reads on. */
  public static void resume(Channel channel) {
    channel.config().setAutoRead(true);
  }
}
