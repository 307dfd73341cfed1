package darban.tls;

import darban.base.Failure;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the judges of a peer's chain: the JDK's PKIX validation (RFC 5280 §6). Any thread. */
final class TrustedIssuers {
  /** Trusts nobody; for a side that asks for no certificate. */
  static final X509ExtendedTrustManager NOBODY = new Nobody();

  private TrustedIssuers() {}

  /** Trusts what leads to a certificate of a PEM file. Blocks on the file. */
  static X509ExtendedTrustManager of(Path file) throws Failure {
    List<X509Certificate> issuers = PemFiles.certificates(file);
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null);
      for (int i = 0; i < issuers.size(); i++) {
        store.setCertificateEntry("issuer-" + i, issuers.get(i));
      }
      return manager(store);
    } catch (GeneralSecurityException | IOException broken) {
      throw PemFiles.unusable(file, "its certificates cannot be trusted", "look at them", broken);
    }
  }

  /** Trusts what the JDK's own store does. Reads that store once, at the first call. */
  static X509ExtendedTrustManager system() {
    return SystemStore.MANAGER;
  }

  private static X509ExtendedTrustManager manager(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return extended;
      }
    }
    throw new GeneralSecurityException("no X509ExtendedTrustManager");
  }

  private static final class SystemStore {
    static final X509ExtendedTrustManager MANAGER = load();

    private static X509ExtendedTrustManager load() {
      try {
        return manager(null);
      } catch (GeneralSecurityException broken) {
        throw new IllegalStateException("the JDK's trust store cannot be read", broken);
      }
    }
  }

  private static final class Nobody extends X509ExtendedTrustManager {
    private static void refuse() throws CertificateException {
      throw new CertificateException("no certificate is trusted here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      refuse();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      refuse();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      refuse();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      refuse();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      refuse();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      refuse();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
