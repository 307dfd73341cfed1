package darban.stage.cache;

import darban.base.Failure;
import darban.base.Kind;
import darban.flow.Body;
import darban.flow.Duplex;
import darban.flow.Loop;
import darban.flow.Sink;
import darban.http.Conditions;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Lists;
import darban.http.Method;
import darban.http.Ranges;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.protocol.ServerStream;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client with one request: it holds whatever it gets against the {@link Ledger}, reads as slowly
 * as it likes, and leaves when it likes. The loop of its exchange.
 */
final class Visitor implements ServerStream, Sink {
  private static final int SCRATCH = 1 << 20;
  private static final byte[] GOT = new byte[SCRATCH];

  private final Loop loop;
  private final Ledger ledger;
  private final PlayedOrigin origin;
  private final Ledger.Wish wish;
  private final RequestHead request;
  private final SplittableRandom random;
  private final int leavesAt;
  private final ByteArrayOutputStream multipart = new ByteArrayOutputStream();
  private @Nullable Consumer<@Nullable Failure> listener;
  private @Nullable Revision revision;
  private Body.@Nullable Stream body;
  private List<Ranges.Part> parts = List.of();
  private @Nullable String boundary;
  private String head = "";
  private long position;
  private boolean headSent;
  private boolean over;

  /** One that makes a request; {@code leavesAt} is an offset, -1 for "before the answer". */
  Visitor(
      Loop loop,
      Ledger ledger,
      PlayedOrigin origin,
      Ledger.Wish wish,
      RequestHead request,
      SplittableRandom random,
      int leavesAt) {
    this.loop = loop;
    this.ledger = ledger;
    this.origin = origin;
    this.wish = wish;
    this.request = request;
    this.random = random;
    this.leavesAt = leavesAt;
  }

  Ledger.Wish wish() {
    return wish;
  }

  boolean over() {
    return over;
  }

  private void fault(String what) {
    ledger.fault(what + "\n" + this);
  }

  @Override
  public String toString() {
    return wish
        + "\n"
        + request.method()
        + "\n"
        + request.fields()
        + "-> "
        + head
        + " of "
        + revision
        + " at "
        + position
        + ledger.of(wish.url());
  }

  /** It leaves before it was answered, if it had that in mind. */
  void maybeLeave() {
    if (leavesAt < 0 && !headSent && !over) {
      finish(gone());
    }
  }

  private static Failure gone() {
    return Failure.of(Kind.CLIENT_GONE, "played");
  }

  private void finish(@Nullable Failure why) {
    over = true;
    if (listener != null) {
      listener.accept(why);
    }
  }

  // What it gets

  @Override
  public void respond(ResponseHead answer, Body given) {
    if (over) {
      given.discard(gone());
      return;
    }
    headSent = true;
    head = answer.status() + " " + answer.fields().toString().replace('\n', ' ');
    String name = answer.fields().get(Revision.NAME);
    revision = name == null ? null : ledger.revision(wish.url(), name);
    if (name != null && revision == null) {
      fault("a revision that was purged or outdated long ago");
    } else if (revision == null) {
      judgeRefusal(answer.status());
    } else {
      judge(answer, revision);
    }
    take(given);
  }

  private void judgeRefusal(int status) {
    boolean excused =
        (status == 504 && wish.limits().onlyStored())
            || (status == 200 && request.method().equals(Method.POST))
            // A bug, which the observer tells with its trace.
            || status == 500
            || (status >= 502 && ledger.brokeSince(wish.url(), wish.started()));
    if (!excused) {
      fault("refused without reason");
    }
  }

  private void judge(ResponseHead answer, Revision its) {
    if (!ledger.allows(wish, its)) {
      fault("not what may be answered");
    }
    boolean right =
        switch (answer.status()) {
          case 304 -> its.status() == 200 && isKnown(its);
          case 206 -> its.status() == 200 && rangesAsked(answer, its);
          case 416 -> its.status() == 200 && outOfRange(its);
          default -> answer.status() == its.status() && wholeAsked(answer, its);
        };
    if (!right) {
      fault("not an answer to that");
    }
  }

  private boolean isKnown(Revision its) {
    String tags = request.fields().joined(FieldName.IF_NONE_MATCH);
    if (tags == null) {
      return request.fields().has(FieldName.IF_MODIFIED_SINCE);
    }
    Etag etag = its.etag();
    return etag != null
        && Lists.members(tags).stream()
            .anyMatch(each -> Etag.parse(each).filter(etag::matchesWeakly).isPresent());
  }

  private Optional<List<Ranges.Part>> asked(Revision its) {
    String range = request.fields().get(FieldName.RANGE);
    return range == null
            || !Conditions.rangeApplies(
                request.fields(), its.etag(), its.modified(), loop.ticker().now())
        ? Optional.empty()
        : Ranges.parse(range, its.length());
  }

  private boolean rangesAsked(ResponseHead answer, Revision its) {
    parts = asked(its).orElse(List.of());
    String range = answer.fields().get(FieldName.CONTENT_RANGE);
    String type = answer.fields().get(FieldName.CONTENT_TYPE);
    if (parts.size() == 1) {
      return parts.getFirst().contentRange(its.length()).equals(range);
    }
    boundary = type == null ? "" : type.substring(type.indexOf('=') + 1);
    return parts.size() > 1 && type != null && type.startsWith("multipart/byteranges; boundary=");
  }

  private boolean outOfRange(Revision its) {
    return asked(its).map(List::isEmpty).orElse(false);
  }

  private boolean wholeAsked(ResponseHead answer, Revision its) {
    parts = its.length() == 0 ? List.of() : List.of(new Ranges.Part(0, its.length() - 1));
    String length = answer.fields().get(FieldName.CONTENT_LENGTH);
    return length == null || Long.parseLong(length) == its.length();
  }

  // Its content

  private void take(Body given) {
    boolean none = request.method() == Method.HEAD;
    long told = given.length();
    if (!none && revision != null && boundary == null && told >= 0 && told != wanted()) {
      fault("a body of " + told + " instead of " + wanted());
    }
    switch (given) {
      case Body.None empty -> end(Fields.NONE);
      case Body.Bytes bytes -> {
        data(bytes.buffer());
        end(Fields.NONE);
      }
      case Body.File file -> open(file.slice().stream(loop));
      case Body.Stream stream -> open(stream);
    }
  }

  private long wanted() {
    boolean content = headSent && !head.startsWith("304") && !head.startsWith("416");
    return content ? parts.stream().mapToLong(Ranges.Part::length).sum() : 0;
  }

  private void open(Body.Stream stream) {
    body = stream;
    stream.open(this);
  }

  @Override
  public void data(ByteBuf bytes) {
    if (over) {
      fault("more after the end");
    }
    int n = bytes.readableBytes();
    bytes.readBytes(GOT, 0, n);
    bytes.release();
    if (boundary != null) {
      multipart.write(GOT, 0, n);
    } else if (revision != null
        && n > 0
        && (position + n > wanted()
            || !revision.has((int) (parts.getFirst().first() + position), GOT, n))) {
      fault("wrong bytes");
    }
    position += n;
    if (body != null && !over) {
      if (leavesAt >= 0 && position > leavesAt) {
        body.cancel(gone());
        finish(gone());
      } else if (random.nextInt(6) == 0) {
        body.pause();
        rest(body, random.nextInt(30));
      }
    }
  }

  private void rest(Body.Stream stream, int turns) {
    loop.execute(() -> {
      if (turns > 0) {
        rest(stream, turns - 1);
      } else if (!over) {
        stream.resume();
      }
    });
  }

  @Override
  public void flush() {
    // Everything was looked at.
  }

  @Override
  public void end(Fields trailers) {
    if (over) {
      fault("ended twice");
    }
    if (revision != null && request.method() != Method.HEAD && !isWhole(revision)) {
      fault("cut, but ended as if it were whole");
    }
    finish(null);
  }

  private boolean isWhole(Revision its) {
    return boundary == null ? position == wanted() : multipart.toString(LATIN).equals(parts(its));
  }

  private static final java.nio.charset.Charset LATIN =
      java.nio.charset.StandardCharsets.ISO_8859_1;

  private String parts(Revision its) {
    StringBuilder all = new StringBuilder();
    for (Ranges.Part part : parts) {
      ByteBuf bytes = its.bytes((int) part.first(), (int) part.length());
      all.append("\r\n--").append(boundary).append("\r\nContent-Range: ");
      all.append(part.contentRange(its.length())).append("\r\n\r\n");
      all.append(bytes.toString(LATIN));
      bytes.release();
    }
    return all.append("\r\n--").append(boundary).append("--\r\n").substring(2);
  }

  @Override
  public void fail(Failure why) {
    Revision its = revision;
    boolean excused =
        ledger.brokeSince(wish.url(), wish.started())
            || (its != null && !origin.resource(wish.url()).isCurrent(its))
            || (its != null && !its.isResumable() && ledger.diskBrokeSince(wish.started()));
    if (over || !excused) {
      fault("failed without reason: " + why);
    }
    finish(why);
  }

  // Its stream

  @Override
  public RequestHead head() {
    return request;
  }

  @Override
  public Body body() {
    return Body.NONE;
  }

  @Override
  public void interim(ResponseHead head) {
    fault("nobody sent an interim response");
  }

  @Override
  public @Nullable Duplex tunnel(ResponseHead head) {
    fault("nobody asked for a tunnel");
    return null;
  }

  @Override
  public void reset(Failure why) {
    fault("reset: " + why);
  }

  @Override
  public boolean headSent() {
    return headSent;
  }

  @Override
  public void onEnd(Consumer<@Nullable Failure> listener) {
    this.listener = listener;
    if (over) {
      listener.accept(gone());
    }
  }

  @Override
  public long bytesReceived() {
    return 0;
  }

  @Override
  public long bytesSent() {
    return position;
  }
}
