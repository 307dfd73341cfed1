package darban.serve.media;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Loop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is being read: each thing once for all who ask for it meanwhile, whoever of them leaves, and
 * given up when all of them have. Any thread; nobody closes it.
 *
 * @param <T> what is got by reading
 */
final class Reads<T> {
  private final Turns turns;
  private final Sharing<T> sharing;
  private final Map<String, Read> wanted = new HashMap<>();

  /** None yet; each of those to come has one of {@code turns}. */
  Reads(Turns turns) {
    this(turns, (got, more) -> {});
  }

  /** None yet; what is got belongs to each who is told of it. */
  Reads(Turns turns, Sharing<T> sharing) {
    this.turns = turns;
    this.sharing = sharing;
  }

  /** What is done with something that belongs to one, so that it belongs to others too. */
  interface Sharing<T> {
    /** To so many more; there may be none. */
    void with(T got, int more);
  }

  /** One that is in line or under way. */
  private final class Read {
    private final String name;
    private final Function<Turns.Turn, Future<T>> reader;
    private final CompletableFuture<T> got = new CompletableFuture<>();
    private Turns.@Nullable Turn turn;
    private int asked;
    private int waiting;

    Read(String name, Function<Turns.Turn, Future<T>> reader) {
      this.name = name;
      this.reader = reader;
    }

    private void begin(Turns.Turn turn) {
      Future.succeededFuture(turn)
          .compose(mine -> {
            Failure why = mine.givenUp();
            return why == null ? reader.apply(mine) : Future.<T>failedFuture(why);
          })
          .onComplete(done -> over(turn, done));
    }

    private void over(Turns.Turn turn, AsyncResult<T> done) {
      int told = closed(this);
      if (done.succeeded()) {
        sharing.with(done.result(), told - 1);
        got.complete(done.result());
      } else {
        got.completeExceptionally(done.cause());
      }
      turn.over();
    }
  }

  /**
   * What {@code reader} gets, or gets already for somebody else; told on {@code loop}, to those who
   * have left too: what the reader works with may be theirs.
   *
   * @param leaving takes who is to hear that the one who asks has left
   * @param name differs wherever what is got does
   * @param reader begins on {@code loop}, when its turn has come
   */
  Future<T> of(
      Loop loop,
      Consumer<Consumer<Failure>> leaving,
      String name,
      Function<Turns.Turn, Future<T>> reader) {
    Promise<T> told = loop.context().promise();
    Read read;
    synchronized (this) {
      read = wanted.computeIfAbsent(name, absent -> new Read(name, reader));
      read.asked++;
      read.waiting++;
      if (read.turn == null) {
        read.turn = turns.lineUp(loop, read::begin);
      }
    }
    read.got.whenComplete((got, why) -> loop.execute(() -> tell(told, got, why)));
    leaving.accept(why -> leave(read, why));
    return told.future();
  }

  private void tell(Promise<T> told, @Nullable T got, @Nullable Throwable why) {
    if (got != null) {
      told.complete(got);
    } else {
      told.fail(why);
    }
  }

  private synchronized void leave(Read read, Failure why) {
    read.waiting--;
    if (read.waiting == 0) {
      Failure left = Failure.of(Kind.CLIENT_GONE, "all who waited for it have left", why);
      Objects.requireNonNull(read.turn).giveUp(left, () -> forgetUnwanted(read));
    }
  }

  private synchronized boolean forgetUnwanted(Read read) {
    return read.waiting == 0 && forget(read);
  }

  /** Nobody joins any more; how many did, whoever of them has left. */
  private synchronized int closed(Read read) {
    forget(read);
    return read.asked;
  }

  private synchronized boolean forget(Read read) {
    return wanted.remove(read.name, read);
  }
}
