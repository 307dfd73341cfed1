package darban.tls;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Finds the identity that a client asked for. Any thread; never blocks. */
interface Identities {
  /**
   * The identity for the name that the client sent, null where it sent none; done at once where it
   * is known, failed with a {@code Failure} where there is none for that name.
   */
  CompletableFuture<Identity> find(@Nullable String name);
}
