package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.exchange.Exchange;
import darban.exchange.Observer;
import darban.exchange.Peer;
import darban.flow.Loop;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.Target;
import darban.http.Version;
import darban.store.Disk;
import darban.store.Selection;
import darban.store.Store;
import darban.testkit.FakeTicker;
import darban.testkit.FaultyFiles;
import darban.testkit.Turns;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One run of the model: what happens, in an order that its seed decides. One thread. */
final class Play {
  private static final int URLS = 800;
  private static final int MOST_VISITORS = 12;
  private static final String AUTHORITY = "origin.test";
  private static final FieldName LANGUAGE = FieldName.of("Accept-Language");

  private final SplittableRandom random;
  private final FakeTicker ticker = new FakeTicker();
  private final Turns turns;
  private final FaultyFiles files = new FaultyFiles();
  private final House.Ground ground;
  private final List<Loop> loops;
  private final Ledger ledger = new Ledger(URLS);
  private final PlayedOrigin origin;
  private final Path root;
  private final Map<String, Integer> told = new TreeMap<>();
  private final List<Visitor> visitors = new ArrayList<>();
  private House house;
  private int coming;
  private long clients;
  private int folders;

  Play(long seed, Path root, VertxInternal vertx) {
    this.random = new SplittableRandom(seed);
    vertx.exceptionHandler(this::bug);
    this.turns = new Turns(random.split(), ticker);
    this.ground = new House.Ground(turns, turns.line(), files, ticker);
    Turns.Line workers = turns.lines();
    this.loops = List.of(turns.loop(vertx, workers), turns.loop(vertx, workers));
    this.origin = new PlayedOrigin(URLS, ledger, random.split(), ticker.now());
    this.root = root;
    this.house = open();
  }

  private void bug(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    ledger.fault(trace.toString());
  }

  private Path folder() {
    return root.resolve("store" + folders);
  }

  private House open() {
    return House.open(folder(), origin, ground);
  }

  private void tell(String word) {
    told.merge(word, 1, Integer::sum);
  }

  /** What happened how often. */
  String told() {
    return told + " in " + turns.count() + " turns, " + house.store().figures();
  }

  private long now() {
    return ticker.now().toEpochMilli();
  }

  /** Plays. */
  void run(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      step();
      for (int n = random.nextInt(60); n > 0 || crowded(); n--) {
        if (!turns.turn()) {
          break;
        }
        check();
      }
      visitors.removeIf(Visitor::over);
      if (i % 200 == 0) {
        ledger.forget(oldest(), now());
      }
    }
    quiet();
    house.close(turns);
    check();
  }

  private long oldest() {
    return visitors.stream().mapToLong(each -> each.wish().started()).min().orElse(ledger.next());
  }

  private boolean crowded() {
    return coming + visitors.stream().filter(each -> !each.over()).count() > MOST_VISITORS;
  }

  private void check() {
    String fault = ledger.fault();
    if (fault != null) {
      throw new AssertionError(fault);
    }
  }

  private void step() throws IOException {
    int die = random.nextInt(10_000);
    if (die < 400) {
      pass();
    } else if (die < 700) {
      tell("changes");
      origin.resource(url()).change(ticker.now().getEpochSecond());
    } else if (die < 800) {
      purge();
    } else if (die < 830) {
      origin.unreliable(new int[] {2, 10, 40, 40, 100_000}[random.nextInt(5)]);
    } else if (die < 850) {
      quiet();
    } else if (die < 853) {
      restart();
    } else if (die < 856) {
      crash();
    } else if (die < 860) {
      breakDisk();
    } else if (die < 866) {
      mendDisk();
    } else {
      // Now and then many want the same at once.
      int url = url();
      for (int n = random.nextInt(40) == 0 ? 2 + random.nextInt(6) : 1; n > 0; n--) {
        Loop loop = loops.get(random.nextInt(2));
        coming++;
        loop.execute(() -> visit(loop, url));
      }
    }
  }

  private int url() {
    double x = random.nextDouble();
    return (int) (URLS * x * x * x);
  }

  private void pass() {
    boolean long_ = random.nextInt(20) == 0;
    ticker.pass(Duration.ofMillis(random.nextInt(long_ ? 120_000 : 3_000)));
  }

  // Purges

  private void purge() {
    boolean soft = random.nextInt(3) == 0;
    int which = random.nextInt(20);
    int url = url();
    String base = "http://" + AUTHORITY;
    String tag = Resource.TAGS.get(random.nextInt(Resource.TAGS.size()));
    if (which < 10) {
      purge(new Selection.Url(base + PlayedOrigin.path(url)), each -> each.url() == url, soft);
    } else if (which < 14) {
      purge(new Selection.Tag(tag), each -> each.tags().contains(tag), soft);
    } else if (which < 18) {
      purge(
          new Selection.Prefix(base + "/" + url % 8 + "/"),
          each -> each.url() % 8 == url % 8,
          soft);
    } else if (which < 19) {
      purge(new Selection.All(), each -> true, soft);
    }
  }

  private void purge(Selection what, Predicate<Revision> of, boolean soft) {
    tell("purges");
    Ledger.Purge purge = ledger.purging(of, soft, true);
    int world = folders;
    house
        .store()
        .purge(what, soft)
        .onComplete(done -> {
          if (done.succeeded() && world == folders) {
            purge.done();
          }
        });
  }

  // Starts and ends

  /** Everything comes to rest; then nothing is held that should not be. */
  private void quiet() throws IOException {
    tell("rests");
    turns.settle();
    check();
    for (Visitor each : visitors) {
      if (!each.over()) {
        throw new AssertionError("waits forever: " + each);
      }
    }
    visitors.clear();
    Store.Figures figures = house.store().figures();
    Disk.Figures disk = house.disk().figures();
    if (figures.filling() != 0 || figures.bytes() > House.MEMORY) {
      throw new AssertionError(figures.toString());
    }
    if (disk.bytes() > disk.capacity()) {
      throw new AssertionError(disk.toString());
    }
  }

  private void restart() throws IOException {
    tell("restarts");
    mendDisk();
    quiet();
    house.close(turns);
    ledger.ended(true);
    house = open();
  }

  /** The process is killed; what it had not yet forced to the disk may be lost. */
  private void crash() throws IOException {
    tell("crashes");
    files.fault(act -> {});
    Path old = folder();
    folders++;
    Wreckage wreckage = Wreckage.copy(old, folder(), random);
    Path journal = wreckage.journal();
    if (journal != null && random.nextBoolean()) {
      wreckage.tear(journal, files.forced(old.resolve(folder().relativize(journal))));
    }
    if (random.nextInt(3) == 0) {
      wreckage.damage();
    }
    quiet();
    house.close(turns);
    // Not before: what the dead one still removes, nobody tells the next.
    ledger.ended(false);
    Wreckage.delete(old);
    house = open();
  }

  // The disk

  private void breakDisk() {
    tell("faults");
    int oneIn = 1 + random.nextInt(60);
    boolean full = random.nextBoolean();
    files.fault(act -> {
      boolean strikes = full ? act == FaultyFiles.Act.WRITE : random.nextInt(oneIn) == 0;
      if (strikes) {
        ledger.diskBroke();
        throw new IOException(full ? "No space left on device" : "Input/output error");
      }
    });
  }

  /** It works again, and the store finds that out. */
  private void mendDisk() {
    files.fault(act -> {});
    for (int i = 0; i < 20 && house.disk().figures().state() != Disk.State.WORKING; i++) {
      ticker.pass(Duration.ofSeconds(1));
      turns.settle();
    }
    if (house.disk().figures().state() != Disk.State.WORKING) {
      throw new AssertionError("does not recover: " + house.disk().figures());
    }
  }

  // Visitors

  private void visit(Loop loop, int url) {
    coming--;
    clients++;
    String language = Resource.LANGUAGES.get(random.nextInt(Resource.LANGUAGES.size()));
    Fields.Builder fields = Fields.builder(8);
    fields.add(PlayedOrigin.CLIENT, Long.toString(clients)).add(LANGUAGE, language);
    Method method = method();
    if (method == Method.GET || method == Method.HEAD) {
      conditions(fields, url);
    }
    if (random.nextInt(40) == 0) {
      fields.add(FieldName.AUTHORIZATION, "Basic eA==");
    }
    Ledger.Limits limits = limits(fields);
    Ledger.Wish wish = new Ledger.Wish(clients, url, language, ledger.next(), now(), limits);
    RequestHead head =
        new RequestHead(
            Version.HTTP_1_1,
            method,
            Target.origin(PlayedOrigin.path(url)),
            AUTHORITY,
            fields.build(),
            null);
    int leaves = random.nextInt(10) > 0 ? Integer.MAX_VALUE : random.nextInt(60_000) - 20_000;
    Visitor visitor = new Visitor(loop, ledger, origin, wish, head, random, Math.max(-1, leaves));
    visitors.add(visitor);
    boolean hoped = method == Method.GET && ledger.hasFresh(wish);
    house.serve(loop, visitor, new Watch(hoped));
    leave(loop, visitor, random.nextInt(20));
  }

  private void leave(Loop loop, Visitor visitor, int turns) {
    loop.execute(turns == 0 ? visitor::maybeLeave : () -> leave(loop, visitor, turns - 1));
  }

  private Method method() {
    int die = random.nextInt(100);
    return die < 92 ? Method.GET : die < 98 ? Method.HEAD : Method.POST;
  }

  private void conditions(Fields.Builder fields, int url) {
    Revision known = ledger.anyOf(url, random.nextInt(100));
    int die = random.nextInt(100);
    if (known != null && die < 10) {
      Etag etag = known.etag();
      if (etag != null) {
        fields.add(FieldName.IF_NONE_MATCH, etag.toString());
      }
    }
    if (known != null && (die < 6 || die == 10)) {
      Instant modified = known.modified();
      if (modified != null) {
        fields.add(FieldName.IF_MODIFIED_SINCE, HttpDate.format(modified));
      }
    }
    if (die >= 70) {
      ranges(fields, known);
    }
  }

  private void ranges(Fields.Builder fields, @Nullable Revision known) {
    int length = known == null ? 50_000 : known.length() + 1;
    StringBuilder range = new StringBuilder("bytes=");
    for (int n = random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 1; n > 0; n--) {
      int first = random.nextInt(length + 100);
      int last = first + random.nextInt(1 + random.nextInt(2 * length));
      range.append(
          switch (random.nextInt(6)) {
            case 0 -> first + "-";
            case 1 -> "-" + (1 + random.nextInt(length));
            default -> first + "-" + last;
          });
      range.append(n > 1 ? "," : "");
    }
    fields.add(FieldName.RANGE, range.toString());
    if (known != null && random.nextInt(4) == 0) {
      Etag etag = known.etag();
      Instant modified = known.modified();
      if (etag != null) {
        fields.add(FieldName.IF_RANGE, etag.toString());
      } else if (modified != null) {
        fields.add(FieldName.IF_RANGE, HttpDate.format(modified));
      }
    }
  }

  private Ledger.Limits limits(Fields.Builder fields) {
    int die = random.nextInt(60);
    String control =
        switch (die) {
          case 0, 1 -> "no-cache";
          case 2 -> "max-age=0";
          case 3 -> "max-stale=20";
          case 4 -> "min-fresh=10";
          case 5, 6 -> "only-if-cached";
          case 7 -> "no-store";
          default -> "";
        };
    if (!control.isEmpty()) {
      fields.add(FieldName.CACHE_CONTROL, control);
    }
    return new Ledger.Limits(
        die < 3, die == 3 ? 20 : -1, die == 4 ? 10 : 0, die == 5 || die == 6, die == 7);
  }

  /** Counts what became of a request; {@code hoped} is whether it could have been a hit. */
  private final class Watch implements Observer {
    private final boolean hoped;

    Watch(boolean hoped) {
      this.hoped = hoped;
    }

    @Override
    public void began(Exchange exchange) {
      tell("requests");
    }

    @Override
    public void tunnels(Exchange exchange) {
      throw new AssertionError("a tunnel");
    }

    @Override
    public void ended(Exchange exchange, @Nullable Failure why) {
      String word = exchange.cached() == null ? "other" : exchange.cached();
      tell(word);
      if (hoped) {
        tell(word.equals("hit") || word.equals("stale") ? "hoped, hit" : "hoped, not hit");
      }
      Failure failure = exchange.failure();
      if (failure != null && failure.kind() == Kind.INTERNAL) {
        bug(failure.getCause() == null ? failure : failure.getCause());
      }
    }

    @Override
    public void refused(Peer peer, Failure why, String start) {
      ledger.fault("refused: " + why);
    }
  }
}
