package darban.exchange;

import darban.flow.Body;
import darban.flow.Sequence;
import darban.http.Conditions;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.Ranges;
import darban.http.RequestHead;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A selected representation that lies ready (RFC 9110 §3.2), be it a file or a stored response:
 * answers what a request asks of it, whole or in parts, or says that the client has it already.
 *
 * @param fields of a complete 200 answer, without Content-Length
 * @param length bytes, or -1 while that is not known: then it has no parts
 * @param etag or null
 * @param modified when it was last modified, in whole seconds, or null
 */
public record Representation(
    Fields fields, long length, @Nullable Etag etag, @Nullable Instant modified) {
  private static final Set<FieldName> ABOUT_CONTENT =
      Set.of(
          FieldName.CONTENT_TYPE,
          FieldName.CONTENT_ENCODING,
          FieldName.CONTENT_LANGUAGE,
          FieldName.CONTENT_DISPOSITION);

  /** Where its bytes come from: asked for each part that is sent, and for no other. */
  public interface Source {
    /** The bytes of {@code [from, to)}; {@code to} is -1 for "to the end, wherever that is". */
    Body part(long from, long to);
  }

  /** What {@code request} gets, which is a GET or HEAD. */
  public Reply answer(Exchange exchange, RequestHead request, Source source) {
    Instant now = exchange.loop().ticker().now();
    Conditions.Outcome outcome = Conditions.judge(request, etag, modified, now);
    if (outcome != Conditions.Outcome.PROCEED) {
      int status = outcome == Conditions.Outcome.NOT_MODIFIED ? 304 : 412;
      return Reply.empty(status, withoutContent().build());
    }
    return inParts(exchange, parts(request, now), source);
  }

  /** As {@link #answer} where the conditions were judged already. */
  public Reply inParts(Exchange exchange, Optional<List<Ranges.Part>> parts, Source source) {
    return parts.isEmpty()
        ? new Reply.Message(200, fields, source.part(0, length))
        : partial(exchange, parts.get(), source);
  }

  /** The parts that {@code request} asks for; empty if it is to have the whole. */
  public Optional<List<Ranges.Part>> parts(RequestHead request, Instant now) {
    String range = request.fields().get(FieldName.RANGE);
    return range == null
            || length < 0
            || !Conditions.rangeApplies(request.fields(), etag, modified, now)
        ? Optional.empty()
        : Ranges.parse(range, length);
  }

  private Reply partial(Exchange exchange, List<Ranges.Part> parts, Source source) {
    if (parts.isEmpty()) {
      return Reply.empty(
          416, withoutContent().add(FieldName.CONTENT_RANGE, "bytes */" + length).build());
    }
    if (parts.size() > 1) {
      return multipart(exchange, parts, source);
    }
    Ranges.Part part = parts.getFirst();
    return new Reply.Message(
        206,
        fields.toBuilder().set(FieldName.CONTENT_RANGE, part.contentRange(length)).build(),
        source.part(part.first(), part.last() + 1));
  }

  private Fields.Builder withoutContent() {
    return fields.filtered(name -> !ABOUT_CONTENT.contains(name));
  }

  /** Several parts in one answer (RFC 9110 §14.6). */
  private Reply multipart(Exchange exchange, List<Ranges.Part> parts, Source source) {
    String boundary = "darban" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    String type = fields.get(FieldName.CONTENT_TYPE);
    List<Body> bodies = new ArrayList<>(2 * parts.size() + 1);
    for (Ranges.Part part : parts) {
      StringBuilder head = new StringBuilder(bodies.isEmpty() ? "--" : "\r\n--").append(boundary);
      if (type != null) {
        head.append("\r\nContent-Type: ").append(type);
      }
      head.append("\r\nContent-Range: ").append(part.contentRange(length)).append("\r\n\r\n");
      bodies.add(text(head.toString()));
      bodies.add(source.part(part.first(), part.last() + 1));
    }
    bodies.add(text("\r\n--" + boundary + "--\r\n"));
    return new Reply.Message(
        206,
        fields.toBuilder()
            .set(FieldName.CONTENT_TYPE, "multipart/byteranges; boundary=" + boundary)
            .build(),
        new Sequence(exchange.loop(), bodies));
  }

  private static Body text(String text) {
    return new Body.Bytes(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }
}
