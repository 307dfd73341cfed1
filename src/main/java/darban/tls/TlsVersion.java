package darban.tls;

/** The protocol versions that Darban speaks; nothing older (RFC 8996). */
public enum TlsVersion {
  /** RFC 5246, with AEAD and ECDHE suites alone. */
  TLS_1_2("TLSv1.2"),
  /** RFC 8446. */
  TLS_1_3("TLSv1.3");

  private final String standardName;

  TlsVersion(String standardName) {
    this.standardName = standardName;
  }

  /** This version and the later ones, as the engines spell them. */
  String[] andLater() {
    return this == TLS_1_3
        ? new String[] {TLS_1_3.standardName}
        : new String[] {TLS_1_3.standardName, TLS_1_2.standardName};
  }
}
