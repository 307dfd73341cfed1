package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeFaultTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL | PROTOCOL_VERSION",
        "error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER | NO_SHARED_CIPHER",
        "error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE | ALERT",
        "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA | ALERT",
        "error:1000009c:SSL routines:OPENSSL_internal:HTTP_REQUEST | NOT_TLS",
        "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER | NOT_TLS",
        "no cipher suites in common | NO_SHARED_CIPHER",
        "Received fatal alert: certificate_unknown | ALERT",
        "(handshake_failure) Empty client certificate chain | CLIENT_CERTIFICATE_MISSING",
        "Connection reset by peer | CLOSED",
        "something never seen | OTHER"
      })
  void of_wordsOfEitherEngine_known(String message, HandshakeFault expected) {
    assertEquals(expected, HandshakeFault.of(new DecoderException(new SSLException(message))));
  }

  @Test
  void of_types_known() {
    assertEquals(HandshakeFault.CLOSED, HandshakeFault.of(new ClosedChannelException()));
    assertEquals(HandshakeFault.CLOSED, HandshakeFault.of(new IOException("Broken pipe")));
    assertEquals(HandshakeFault.NOT_TLS, HandshakeFault.of(new NotSslRecordException("x")));
    assertEquals(
        HandshakeFault.CLIENT_CERTIFICATE_REFUSED,
        HandshakeFault.of(new SSLException("x", new CertificateException("y"))));
    assertEquals(HandshakeFault.OTHER, HandshakeFault.of(new SSLException((String) null)));
  }
}
