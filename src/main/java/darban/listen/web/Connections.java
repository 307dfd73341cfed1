package darban.listen.web;

import darban.flow.Loop;
import darban.protocol.ServerConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The open connections of a listener. Any thread; each loop's are touched on that loop alone. */
final class Connections {
  private final Map<Loop, Set<Channel>> open = new HashMap<>();

  Connections(List<Loop> loops) {
    loops.forEach(loop -> open.put(loop, new HashSet<>()));
  }

  /** Keeps a connection until it is closed. On its loop. */
  void add(Loop loop, Channel channel) {
    Set<Channel> all = of(loop);
    all.add(channel);
    channel.closeFuture().addListener(closed -> all.remove(channel));
  }

  private Set<Channel> of(Loop loop) {
    return Objects.requireNonNull(open.get(loop));
  }

  /** Does {@code what} to each that speaks HTTP or SOCKS; what became a tunnel is left alone. */
  void each(Consumer<ServerConnection> what) {
    open.forEach((loop, channels) ->
        loop.execute(() -> {
          for (Channel channel : List.copyOf(channels)) {
            ServerConnection connection = connection(channel);
            if (connection != null) {
              what.accept(connection);
            }
          }
        }));
  }

  private static @Nullable ServerConnection connection(Channel channel) {
    for (Map.Entry<String, ChannelHandler> each : channel.pipeline()) {
      if (each.getValue() instanceof ServerConnection connection) {
        return connection;
      }
    }
    return null;
  }

  /** Closes all of them now; completes when they are. */
  Future<@Nullable Void> close() {
    open.forEach(
        (loop, channels) -> loop.execute(() -> List.copyOf(channels).forEach(Connections::close)));
    return none();
  }

  private static void close(Channel channel) {
    if (connection(channel) == null) {
      // A tunnel, whose bytes may mean anything: after an end in order they might look whole.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }

  /** Completes when none is open. */
  Future<@Nullable Void> none() {
    List<Future<@Nullable Void>> all = new ArrayList<>();
    for (Loop loop : open.keySet()) {
      Promise<@Nullable Void> promise = Promise.promise();
      loop.execute(() -> whenNone(loop, promise));
      all.add(promise.future());
    }
    return Future.all(all).mapEmpty();
  }

  private void whenNone(Loop loop, Promise<@Nullable Void> promise) {
    Set<Channel> channels = of(loop);
    if (channels.isEmpty()) {
      // Once what was served on the last has heard of its end too.
      loop.execute(promise::complete);
    } else {
      channels
          .iterator()
          .next()
          .closeFuture()
          .addListener(closed -> loop.execute(() -> whenNone(loop, promise)));
    }
  }
}
