package darban.tls;

/** Takes what the operator should read. Called from any thread; must not block. */
public interface TlsLog {
  /** Something went its way: a certificate was loaded again, a file is whole again. */
  void note(String text);

  /** Something needs a hand: a file is broken, a certificate expired. */
  void warning(String text);
}
