package darban.protocol.h1;

import darban.http.FieldName;
import darban.http.Fields;
import darban.wire.HeadWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An extended CONNECT of HTTP/2 or 3 (RFC 8441, RFC 9220) as an upgrade of HTTP/1. For WebSocket
 * that needs the key and the accept value of RFC 6455 §4, which HTTP/2 does without. Event loop.
 */
final class Upgrading {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final String protocol;
  private final String key;

  Upgrading(String protocol) {
    this.protocol = protocol;
    byte[] nonce = new byte[16];
    // It guards against caches and mistakes, not against an adversary (RFC 6455 §10.3).
    ThreadLocalRandom.current().nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
  }

  /** Writes the fields that ask for it. */
  void write(HeadWriter writer) {
    writer.field(FieldName.CONNECTION, "Upgrade").field(FieldName.UPGRADE, protocol);
    if (protocol.equals("websocket")) {
      writer.field(FieldName.SEC_WEBSOCKET_KEY, key);
    }
  }

  /** Whether an origin that switched protocols did so to the one asked for. */
  boolean accepts(Fields fields) {
    String switched = fields.joined(FieldName.UPGRADE);
    return protocol.equalsIgnoreCase(switched)
        && (!protocol.equals("websocket")
            || accept().equals(fields.get(FieldName.SEC_WEBSOCKET_ACCEPT)));
  }

  private String accept() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
