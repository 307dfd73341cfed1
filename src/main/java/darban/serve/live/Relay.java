package darban.serve.live;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Loop;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import darban.live.Feed;
import darban.live.Hub;
import darban.live.LiveStream;
import darban.live.RelayConfig;
import darban.origin.Call;
import darban.origin.Origins;
import darban.origin.Server;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Brings the streams of a hub from and to other origins. A stream that a viewer wants is fetched
 * once, whoever else wants it then; all that comes is sent on. On one event loop; closed by its
 * hub's owner.
 *
 * <pre>
 *   viewer ─► Hub.wanted ─► Pull ── GET ~/tracks, GET ~/TRACK.cmfv ─► origin      and into the hub
 *                 every track ─► Push ── POST TRACK.cmfv ─► origin
 * </pre>
 *
 * <p>Between two of us a track is one body without end, as encoders post it: nothing is asked for
 * again and again, a chunk is on its way when it is there, and what fails is one connection.
 */
public final class Relay implements AutoCloseable {
  private final Hub hub;
  private final Loop loop;
  private final List<Pull> pulls = new ArrayList<>();
  private final Map<Push.Key, Push> pushes = new HashMap<>();
  private BiFunction<String, Loop, Origins> services =
      (name, on) -> {
        throw Failure.of(Kind.STOPPING, "no service yet");
      };
  private boolean closed;

  /** Of {@code hub}, on {@code loop}. */
  public Relay(Hub hub, Loop loop) {
    this.hub = hub;
    this.loop = loop;
  }

  /** What there is now, by name: servers as the loop sees them. Any thread. */
  public void use(BiFunction<String, Loop, Origins> services) {
    boolean pulls = hub.config().relay().pull().isPresent();
    hub.puller(pulls ? stream -> loop.execute(() -> pull(stream)) : null);
    loop.execute(() -> this.services = services);
  }

  private void pull(LiveStream stream) {
    if (closed) {
      hub.pulled(stream, Failure.of(Kind.STOPPING, "it is being stopped"), loop.nanos());
    } else {
      Pull pull = new Pull(this, stream);
      pulls.add(pull);
      pull.tick(loop.nanos());
    }
  }

  Hub hub() {
    return hub;
  }

  Loop loop() {
    return loop;
  }

  /** A stream is fetched no more. */
  void over(Pull pull, Failure why) {
    pulls.remove(pull);
    hub.pulled(pull.stream(), why, loop.nanos());
  }

  /** Looks what there is to do; about twice a second. Any thread. */
  public void tick() {
    loop.execute(() -> {
      if (!closed) {
        List.copyOf(pulls).forEach(each -> each.tick(loop.nanos()));
        push();
      }
    });
  }

  private void push() {
    Map<Push.Key, Feed> wanted = new HashMap<>();
    for (RelayConfig.Push target : hub.config().relay().push()) {
      for (LiveStream stream : hub.streams()) {
        for (Feed each : stream.feeds()) {
          wanted.put(new Push.Key(target, stream.name(), each.serial()), each);
        }
      }
    }
    pushes.entrySet().removeIf(each -> each.getValue().isOver(wanted.containsKey(each.getKey())));
    wanted.forEach((key, feed) -> {
      key.to()
          .to()
          .of(key.stream())
          .ifPresent(path -> pushes.computeIfAbsent(key, any -> new Push(this, key, feed, path)));
    });
    pushes.values().forEach(each -> each.tick(loop.nanos()));
  }

  /** Asks a service, with a body or without. */
  Call call(RelayConfig.Place place, String path, Body body, Call.Listener listener) {
    Fields.Builder fields = Fields.builder(4);
    place.login().ifPresent(login -> fields.add(FieldName.AUTHORIZATION, login.basic()));
    Method method = body == Body.NONE ? Method.GET : Method.POST;
    if (method == Method.POST) {
      fields.add(FieldName.CONTENT_TYPE, "video/mp4");
    }
    RequestHead head =
        new RequestHead(Version.HTTP_1_1, method, Target.origin(path), "", fields.build(), null);
    Origins origins = services.apply(place.service().name(), loop);
    return new Call(loop, origins, head, body, Relay::forServer, listener);
  }

  private static RequestHead forServer(RequestHead head, Server server) {
    Fields fields = head.fields().toBuilder().add(FieldName.HOST, server.authority()).build();
    return new RequestHead(
        head.version(),
        head.method(),
        Target.origin(server.basePath() + head.target().path()),
        server.authority(),
        fields,
        null);
  }

  /** Nothing goes on. Any thread. */
  @Override
  public void close() {
    hub.puller(null);
    loop.execute(() -> {
      closed = true;
      Failure why = Failure.of(Kind.STOPPING, "it is being stopped");
      List.copyOf(pulls).forEach(each -> each.end(why));
      pushes.values().forEach(each -> each.end(why));
      pushes.clear();
    });
  }
}
