package darban.wire;

import darban.http.FieldName;
import darban.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Writes field sections of HTTP/2 (RFC 7541). It knows the static table alone, so that a connection
 * has no state to keep in step, and a line no look-up in what was sent before. Texts are written as
 * they are, for the reason that {@link QpackWriter} gives.
 */
public final class HpackWriter extends SectionWriter {
  // The first bits of a line, and how many the number beside them has (RFC 7541 §6).
  private static final int INDEXED = 0x80;
  private static final int INDEXED_BITS = 7;
  private static final int NOT_INDEXED = 0x00;
  private static final int NOT_INDEXED_BITS = 4;
  private static final int NO_DYNAMIC_TABLE = 0x20;

  static final StaticTable TABLE =
      new StaticTable(
          """
          1 :authority
          2 :method GET
          3 :method POST
          4 :path /
          5 :path /index.html
          6 :scheme http
          7 :scheme https
          8 :status 200
          9 :status 204
          10 :status 206
          11 :status 304
          12 :status 400
          13 :status 404
          14 :status 500
          15 accept-charset
          16 accept-encoding gzip, deflate
          17 accept-language
          18 accept-ranges
          19 accept
          20 access-control-allow-origin
          21 age
          22 allow
          23 authorization
          24 cache-control
          25 content-disposition
          26 content-encoding
          27 content-language
          28 content-length
          29 content-location
          30 content-range
          31 content-type
          32 cookie
          33 date
          34 etag
          35 expect
          36 expires
          37 from
          38 host
          39 if-match
          40 if-modified-since
          41 if-none-match
          42 if-range
          43 if-unmodified-since
          44 last-modified
          45 link
          46 location
          47 max-forwards
          48 proxy-authenticate
          49 proxy-authorization
          50 range
          51 referer
          52 refresh
          53 retry-after
          54 server
          55 set-cookie
          56 strict-transport-security
          57 transfer-encoding
          58 user-agent
          59 vary
          60 via
          61 www-authenticate
          """);

  /** A writer. */
  public HpackWriter() {
    super(Fields.Beginning.Form.HPACK, TABLE);
  }

  /**
   * Begins a section.
   *
   * @param smaller whether the reader has asked for a smaller dynamic table since the last one: it
   *     is told that there is none (RFC 7541 §4.2)
   */
  public HpackWriter begin(boolean smaller) {
    length = 0;
    if (smaller) {
      octet(NO_DYNAMIC_TABLE);
    }
    return this;
  }

  @Override
  void indexed(int number) {
    number(INDEXED, INDEXED_BITS, number);
  }

  @Override
  void name(FieldName name, StaticTable.@Nullable Known known) {
    number(NOT_INDEXED, NOT_INDEXED_BITS, known == null ? 0 : known.name());
    if (known == null) {
      string(name.lower());
    }
  }
}
