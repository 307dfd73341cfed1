package darban.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Content codings that are read here (RFC 9110 §8.4.1). Pure. */
public final class ContentCoding {
  private ContentCoding() {}

  /** Fields of a request, which of all codings that it takes has only one that is read here. */
  public static Fields readable(Fields request) {
    boolean gzip = request.hasToken(FieldName.ACCEPT_ENCODING, "gzip");
    Fields.Builder fields = request.filtered(name -> name != FieldName.ACCEPT_ENCODING);
    return (gzip ? fields.add(FieldName.ACCEPT_ENCODING, "gzip") : fields).build();
  }

  /**
   * The content without the coding that {@code fields} tell of.
   *
   * @param most bytes that it may have
   * @return empty where the coding is not known, the bytes are not of it, or they are too many
   */
  public static Optional<byte[]> decoded(Fields fields, byte[] content, int most) {
    String coding = fields.joined(FieldName.CONTENT_ENCODING);
    try {
      return switch (coding == null ? "identity" : coding.toLowerCase(Locale.ROOT)) {
        case "identity" -> content.length <= most ? Optional.of(content) : Optional.empty();
        case "gzip", "x-gzip" -> read(new GZIPInputStream(new ByteArrayInputStream(content)), most);
        case "deflate" -> read(new InflaterInputStream(new ByteArrayInputStream(content)), most);
        default -> Optional.empty();
      };
    } catch (IOException broken) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> read(InputStream in, int most) throws IOException {
    try (in) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] piece = new byte[8192];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        if (out.size() + n > most) {
          return Optional.empty();
        }
        out.write(piece, 0, n);
      }
      return Optional.of(out.toByteArray());
    }
  }
}
