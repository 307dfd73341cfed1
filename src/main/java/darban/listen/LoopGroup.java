package darban.listen;

import darban.flow.Closing;
import darban.flow.Loop;
import darban.flow.StandingInterest;
import darban.flow.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Our loops as Netty's bootstrap wants them; it owns none of them. Any thread. */
final class LoopGroup extends AbstractEventExecutorGroup implements EventLoopGroup {
  private final List<Loop> loops;
  private final AtomicInteger turn = new AtomicInteger();

  LoopGroup(List<Loop> loops) {
    this.loops = List.copyOf(loops);
  }

  /** The loop that {@code channel} is registered with. */
  Loop loopOf(Channel channel) {
    for (Loop loop : loops) {
      if (loop.eventLoop() == channel.eventLoop()) {
        return loop;
      }
    }
    throw new IllegalStateException("channel of a foreign event loop");
  }

  @Override
  public EventLoop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size())).eventLoop();
  }

  /** Of a channel just accepted. */
  @Override
  public ChannelFuture register(Channel channel) {
    Transport transport = loops.getFirst().transport();
    return next().register(StandingInterest.andReading(Closing.in(transport, channel)));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    return next().register(promise);
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    return next().register(channel, promise);
  }

  @Override
  public Iterator<EventExecutor> iterator() {
    return loops.stream().map(loop -> (EventExecutor) loop.eventLoop()).iterator();
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return terminationFuture();
  }

  @Override
  public Future<?> terminationFuture() {
    return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
  }

  @Override
  @Deprecated
  public void shutdown() {
    // Vert.x ends its loops.
  }

  @Override
  public boolean isShuttingDown() {
    return false;
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
