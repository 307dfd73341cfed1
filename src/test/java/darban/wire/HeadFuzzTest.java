package darban.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import darban.base.Failure;
import darban.base.Limits;
import darban.http.Fields;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Good messages, changed at random: each is refused by a {@link Failure} or accepted, and what was
 * accepted means the same when it is written and read again.
 */
class HeadFuzzTest {
  private static final int ROUNDS = Integer.getInteger("darban.rounds", 60_000);
  private static final long SEED = Long.getLong("darban.seed", System.nanoTime());
  private static final HeadParser REQUESTS = HeadParser.ofRequests(Limits.DEFAULT);
  private static final HeadParser RESPONSES = HeadParser.ofResponses(Limits.OF_ORIGIN);
  private static final String[] SEEDS = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /a/b?c=d HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\nX-Y: z\r\n\r\n",
    "PUT http://a.b:1/c HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n\r\n",
    "CONNECT a:443 HTTP/1.0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nTransfer_Encoding: x\r\n\r\n",
    "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\n",
    "HTTP/1.0 302 \r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nDigest: x\r\n\r\n",
  };
  private static final String[] BITS = {
    "\r\n",
    "\n",
    "\r",
    "\t",
    " ",
    ":",
    "\0",
    "Host: b\r\n",
    "Content-Length: 6\r\n",
    "\u00ff",
    "Transfer-Encoding: chunked\r\n",
    "HTTP/1.1",
    "0",
    "/",
    "@",
    "#",
    "[",
    "]",
    ",",
    ";",
    "\"",
  };

  private static byte[] changed(String seed, Random random) {
    StringBuilder text = new StringBuilder(seed);
    for (int change = random.nextInt(4); change > 0; change--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(5)));
        case 1 -> text.insert(at, BITS[random.nextInt(BITS.length)]);
        case 2 -> text.setCharAt(at, (char) random.nextInt(256));
        default -> text.insert(random.nextInt(text.length()), text.substring(at));
      }
      if (text.isEmpty()) {
        text.append('\n');
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void heads_changedAtRandom_refusedOrMeanTheSameAgain() {
    Random random = new Random(SEED);
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = changed(SEEDS[random.nextInt(SEEDS.length)], random);
      String where = "-Ddarban.seed=" + SEED + ": " + shown(bytes);
      try {
        int end = HeadParser.end(bytes, 0, bytes.length);
        if (end >= 0) {
          accepted += request(bytes, end, where) + response(bytes, end, where);
        }
      } catch (RuntimeException thrown) {
        fail(where, thrown);
      }
    }
    assertEquals(true, accepted > ROUNDS / 10, "accepted only " + accepted);
  }

  private static String shown(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .replace("\r", "\\r")
        .replace("\n", "\\n")
        .replace("\0", "\\0");
  }

  private static int request(byte[] bytes, int end, String where) {
    RequestHead head;
    try {
      head = REQUESTS.request(bytes, 0, end);
      Framing.ofRequest(head.fields(), head.version());
    } catch (Failure refused) {
      return 0;
    }
    HeadWriter writer = new HeadWriter();
    writer.request(head.method(), head.target().toString()).fields(head.fields(), null).end();
    assertEquals(writer.length(), HeadParser.end(writer.bytes(), 0, writer.length()), where);
    RequestHead again = REQUESTS.request(oneOne(writer, head), 0, writer.length());
    assertEquals(head.method(), again.method(), where);
    assertEquals(head.target(), again.target(), where);
    assertEquals(head.fields(), again.fields(), where);
    assertEquals(head.authority(), again.authority(), where);
    return 1;
  }

  /** The writer always says 1.1; a request of 1.0 may lack what that needs. */
  private static byte[] oneOne(HeadWriter writer, RequestHead head) {
    byte[] bytes = Arrays.copyOf(writer.bytes(), writer.length());
    if (head.version() == Version.HTTP_1_0) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      bytes[text.indexOf("HTTP/1.1\r\n") + 7] = '0';
    }
    return bytes;
  }

  private static int response(byte[] bytes, int end, String where) {
    ResponseHead head;
    try {
      head = RESPONSES.response(bytes, 0, end).head();
    } catch (Failure refused) {
      return 0;
    }
    HeadWriter writer = new HeadWriter();
    writer.response(head.status()).fields(head.fields(), null).end();
    assertEquals(head, RESPONSES.response(writer.bytes(), 0, writer.length()).head(), where);
    return 1;
  }

  @Test
  void chunks_changedAtRandom_sameDataAtEverySplit() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = changed(SEEDS[SEEDS.length - 1], random);
      String whole = decoded(bytes, bytes.length);
      int split = random.nextInt(bytes.length + 1);
      assertEquals(whole, decoded(bytes, split), () -> "-Ddarban.seed=" + SEED + shown(bytes));
    }
  }

  private static String decoded(byte[] bytes, int split) {
    ChunkDecoder decoder = ChunkDecoder.ofRequest(Limits.DEFAULT);
    StringBuilder data = new StringBuilder();
    try {
      int at = ChunkDecoderTest.feed(decoder, bytes, 0, split, data);
      at = ChunkDecoderTest.feed(decoder, bytes, at, bytes.length, data);
      return data + " " + decoder.ended() + " " + at + " " + decoder.trailers();
    } catch (Failure refused) {
      return data + " " + refused.getMessage();
    }
  }

  @Test
  void blocks_changedAtRandom_refusedOrWritableAsHttp1() {
    Random random = new Random(SEED);
    String[] names = {
      ":method", ":scheme", ":path", ":authority", "host", "x", "X", "te", "cookie"
    };
    String[] values = {"GET", "https", "/", "h", "a b", "", "trailers", "\r\n", "x:1", "\u00ff"};
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      FieldBlock block = FieldBlock.ofRequest(Limits.DEFAULT);
      try {
        for (int i = 0; i < 4; i++) {
          boolean usual = random.nextInt(8) > 0;
          block.line(
              usual ? names[i] : pick(names, random), usual ? values[i] : pick(values, random));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
          block.line(pick(names, random), pick(values, random));
        }
        RequestHead head = block.request(Version.HTTP_2);
        HeadWriter writer = new HeadWriter();
        Fields fields = head.fields();
        writer.request(head.method(), head.target().path()).fields(fields, null).end();
        assertEquals(fields, REQUESTS.request(writer.bytes(), 0, writer.length()).fields());
        accepted++;
      } catch (Failure refused) {
        // What most of them deserve.
      }
    }
    assertEquals(true, accepted > ROUNDS / 20, "accepted only " + accepted);
  }

  private static String pick(String[] from, Random random) {
    return from[random.nextInt(from.length)];
  }
}
