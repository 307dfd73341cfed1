package darban.protocol;

import darban.base.Failure;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells once how an exchange ended, also to whoever listens only afterwards. One thread. */
public final class Ending {
  private @Nullable Consumer<@Nullable Failure> listener;
  private boolean over;
  private @Nullable Failure why;

  /** Who will be told; at once if it is over. */
  public void listen(Consumer<@Nullable Failure> who) {
    listener = who;
    if (over) {
      who.accept(why);
    }
  }

  /** It ended; null for well. Only the first call counts. */
  public void end(@Nullable Failure failure) {
    if (over) {
      return;
    }
    over = true;
    why = failure;
    if (listener != null) {
      listener.accept(failure);
    }
  }
}
