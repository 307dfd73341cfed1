package darban.serve;

import darban.exchange.Exchange;
import darban.exchange.Reply;
import darban.exchange.Representation;
import darban.flow.Body;
import darban.flow.FileSlice;
import darban.flow.OpenFile;
import darban.http.Etag;
import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.MediaType;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * A file that is served, open. Held once by whoever has it: {@link #reply} lets go of it, or {@link
 * OpenFile#release} does.
 *
 * @param file its content
 * @param path where it lies
 * @param size in bytes
 * @param modified when it was last changed
 * @param etag differs wherever size or time differ
 */
public record FoundFile(OpenFile file, Path path, long size, Instant modified, Etag etag) {
  /** Its name. */
  public String name() {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  /** When it was last changed, as HTTP tells it. */
  public Instant modifiedSecond() {
    return modified.truncatedTo(ChronoUnit.SECONDS);
  }

  /** The file, or parts of it, as the request wants it. */
  public Reply reply(Exchange exchange) {
    Fields fields =
        Fields.builder(8)
            .add(FieldName.ACCEPT_RANGES, "bytes")
            .add(FieldName.ETAG, etag.toString())
            .add(FieldName.LAST_MODIFIED, HttpDate.format(modifiedSecond()))
            .add(FieldName.CONTENT_TYPE, MediaType.ofFile(name()))
            .build();
    Reply reply =
        new Representation(fields, size, etag, modifiedSecond())
            .answer(
                exchange,
                exchange.request(),
                (from, to) -> new Body.File(new FileSlice(file.retain(), from, to - from)));
    // Its parts hold it now.
    file.release();
    return reply;
  }
}
