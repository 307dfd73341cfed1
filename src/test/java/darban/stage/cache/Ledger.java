package darban.stage.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What origins answered, what was purged and what broke, in the order in which it happened; so,
 * what a client may be given. This is the model that the cache is held against. One thread.
 */
final class Ledger {
  /** Answers may look a second younger than they are, since Date has whole ones. */
  private static final long ROUNDING = 1000;

  /** What the policy grants where the answer says nothing. */
  static final long STALE_IF_ERROR = 60;

  private static final long NEVER = Long.MAX_VALUE;

  /**
   * What a client asks for, and when.
   *
   * @param id its number
   * @param language its Accept-Language
   * @param started place in the order of events
   * @param at epoch milliseconds
   * @param limits what it says in Cache-Control
   */
  record Wish(long id, int url, String language, long started, long at, Limits limits) {}

  /**
   * What a client accepts.
   *
   * @param validated only what the origin confirmed since it asked
   * @param maxStale seconds; -1 for none
   * @param minFresh seconds
   * @param onlyStored nothing from the origin
   * @param secret whether its answer may be kept for nobody else
   */
  record Limits(
      boolean validated, long maxStale, long minFresh, boolean onlyStored, boolean secret) {
    static final Limits NONE = new Limits(false, -1, 0, false, false);
  }

  /** An answer of an origin, or its word that what is stored is right. */
  private static final class Answer {
    final Revision revision;
    final long client;
    final long fetched;
    final long replied;
    final boolean shared;
    final long fresh;
    long deadSince = NEVER;
    long removedSince = NEVER;
    long softSince = NEVER;

    Answer(Revision revision, Fetch fetch, long replied, Instant now) {
      this.revision = revision;
      this.client = fetch.client();
      this.fetched = fetch.began();
      this.replied = replied;
      this.shared = revision.control().shared() && fetch.mayShare(revision);
      this.fresh = now.toEpochMilli() + revision.lifetime(now) * 1000 + ROUNDING;
    }

    /** When nothing but its name is left of it. */
    long end() {
      long longest = Math.max(revision.control().whileRevalidate(), revision.control().ifError());
      return fresh + Math.max(longest, STALE_IF_ERROR) * 1000;
    }
  }

  /**
   * A request that reached an origin.
   *
   * @param client whose request led to it
   * @param began place in the order of events
   */
  record Fetch(long client, long began, boolean authorized, boolean secret) {
    boolean mayShare(Revision revision) {
      return !secret && (!authorized || revision.control().authorized());
    }
  }

  /** A purge under way, or one that ended not long ago. */
  final class Purge {
    private final Predicate<Revision> of;
    private final boolean soft;
    private final boolean kept;
    private final long began;
    private long done = NEVER;
    private final List<Answer> met = new ArrayList<>();

    private Purge(Predicate<Revision> of, boolean soft, boolean kept) {
      this.of = of;
      this.soft = soft;
      this.kept = kept;
      this.began = next();
    }

    private void meet(Answer answer) {
      if (answer.fetched < began && of.test(answer.revision)) {
        met.add(answer);
        mark(answer);
      }
    }

    private void mark(Answer answer) {
      if (done != NEVER && soft) {
        answer.softSince = Math.min(answer.softSince, done);
      } else if (done != NEVER && !kept) {
        answer.removedSince = Math.min(answer.removedSince, done);
      } else if (done != NEVER) {
        answer.deadSince = Math.min(answer.deadSince, done);
      }
    }

    /** It has been carried out. */
    void done() {
      done = next();
      met.forEach(this::mark);
      met.clear();
    }
  }

  private final List<List<Answer>> answers = new ArrayList<>();
  private final List<Purge> purges = new ArrayList<>();
  private final long[] broken;
  private long diskBroken;
  private long events;
  private @Nullable String fault;

  Ledger(int urls) {
    broken = new long[urls];
    for (int i = 0; i < urls; i++) {
      answers.add(new ArrayList<>());
    }
  }

  /** Notes that the cache did what it must not. */
  void fault(String what) {
    if (fault == null) {
      fault = what;
    }
  }

  /** The first thing that the cache did and must not; null as long as there is none. */
  @Nullable String fault() {
    return fault;
  }

  /** A new place in the order of events. */
  long next() {
    return ++events;
  }

  /** An origin answers with a revision, or confirms it. */
  void answered(Revision revision, Fetch fetch, Instant now) {
    Answer answer = new Answer(revision, fetch, next(), now);
    answers.get(revision.url()).add(answer);
    purges.forEach(purge -> purge.meet(answer));
  }

  /** An origin fails, before or within an answer. */
  void broke(int url) {
    broken[url] = next();
  }

  /** The disk fails, or was damaged. */
  void diskBroke() {
    diskBroken = next();
  }

  /**
   * The process dies, or stops: purges that were under way may have been carried out or not, what
   * was only removed may come back.
   *
   * @param well whether everything was written before
   */
  void ended(boolean well) {
    purges.removeIf(purge -> purge.done == NEVER);
    for (Answer each : answers.stream().flatMap(List::stream).toList()) {
      if (well) {
        each.deadSince = Math.min(each.deadSince, each.removedSince);
      }
      each.removedSince = NEVER;
    }
  }

  /**
   * A purge begins.
   *
   * @param kept whether it outlives the process once it is done
   */
  Purge purging(Predicate<Revision> of, boolean soft, boolean kept) {
    Purge purge = new Purge(of, soft, kept);
    purges.add(purge);
    answers.forEach(each -> each.forEach(purge::meet));
    return purge;
  }

  /** Forgets what no longer matters to requests and fetches that began after {@code oldest}. */
  void forget(long oldest, long now) {
    purges.removeIf(purge -> purge.done < oldest);
    for (List<Answer> each : answers) {
      each.removeIf(
          answer -> answer.replied < oldest && (answer.end() < now || answer.deadSince < oldest));
    }
  }

  /** Whether the origin of a URL failed since then. */
  boolean brokeSince(int url, long event) {
    return broken[url] >= event;
  }

  /** Whether the disk failed since then. */
  boolean diskBrokeSince(long event) {
    return diskBroken >= event;
  }

  /** The revision of that name; null when nobody ever said it. */
  @Nullable Revision revision(int url, String name) {
    for (Answer each : answers.get(url)) {
      if (each.revision.name().equals(name)) {
        return each.revision;
      }
    }
    return null;
  }

  /** A revision that clients may have heard of; null when there was none. */
  @Nullable Revision anyOf(int url, int which) {
    List<Answer> all = answers.get(url);
    return all.isEmpty() ? null : all.get(Math.floorMod(which, all.size())).revision;
  }

  /** Whether a client may be given a revision now. */
  boolean allows(Wish wish, Revision revision) {
    for (Answer each : answers.get(wish.url())) {
      if (each.revision.equals(revision) && allows(wish, each)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an answer was given before that is allowed still. */
  boolean hasFresh(Wish wish) {
    for (Answer each : answers.get(wish.url())) {
      if (wish.at() + 2 * ROUNDING < each.fresh && allows(wish, each)) {
        return true;
      }
    }
    return false;
  }

  private boolean allows(Wish wish, Answer answer) {
    Revision.Control control = answer.revision.control();
    if (answer.client == wish.id()) {
      return !wish.limits().onlyStored();
    }
    boolean selected =
        answer.revision.language().equals("*")
            || answer.revision.language().equals(wish.language());
    boolean since = answer.replied > wish.started();
    boolean gone = Math.min(answer.deadSince, answer.removedSince) < wish.started();
    if (!selected || !answer.shared || gone) {
      return false;
    }
    if ((wish.limits().validated() || control.always()) && !since) {
      return false;
    }
    boolean softened = answer.softSince < wish.started();
    boolean fresh = !softened && wish.at() + wish.limits().minFresh() * 1000 < answer.fresh;
    return fresh || allowsStale(wish, answer);
  }

  /** A soft purge makes it stale at once, but does not move when it is too stale. */
  private boolean allowsStale(Wish wish, Answer answer) {
    Revision.Control control = answer.revision.control();
    long beyond = wish.at() - answer.fresh;
    boolean onDemand = control.ifError() > 0 && beyond <= wish.limits().maxStale() * 1000;
    boolean onError = brokeSince(wish.url(), wish.started()) && beyond < control.ifError() * 1000;
    return !control.always() && (onDemand || onError || beyond < control.whileRevalidate() * 1000);
  }

  /** All that is known of a URL, for a failure's message. */
  String of(int url) {
    StringBuilder all = new StringBuilder();
    for (Answer a : answers.get(url)) {
      all.append(
          "%n  %s %s fetched %d replied %d for %d shared %s fresh till %d dead %d %d soft %d"
              .formatted(
                  a.revision.name(),
                  a.revision.control(),
                  a.fetched,
                  a.replied,
                  a.client,
                  a.shared,
                  a.fresh,
                  a.deadSince,
                  a.removedSince,
                  a.softSince));
    }
    return all.append("\n  broken at ").append(broken[url]).toString();
  }
}
