package darban.media;

/**
 * Bytes that are not the media they claim to be, or more of it than a reader's bounds allow. The
 * message says what is wrong in words for a person, without names of files or addresses.
 *
 * <p>The one failure that this room throws at bad input. It carries no stack trace, for it is an
 * outcome and not a bug. Immutable, any thread.
 */
public final class MalformedMedia extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String what;

  /** With a sentence that says what is wrong. */
  public MalformedMedia(String what) {
    super(what, null, false, false);
    this.what = what;
  }

  @Override
  public String getMessage() {
    return what;
  }
}
