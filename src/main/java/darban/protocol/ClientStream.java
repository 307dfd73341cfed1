package darban.protocol;

import darban.base.Failure;

/** A request under way to an origin. Event loop of its connection. */
public interface ClientStream {
  /** Gives it up: the handler hears nothing more; the origin sees a cut or a reset. */
  void cancel(Failure why);

  /** Whether any byte of the request's body has been sent on, so that it cannot be sent again. */
  boolean bodyTouched();
}
