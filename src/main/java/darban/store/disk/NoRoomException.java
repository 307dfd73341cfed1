package darban.store.disk;

import java.io.IOException;

/** The store has no room, or does not write for now: nothing is wrong with the disk. */
final class NoRoomException extends IOException {
  private static final long serialVersionUID = 1L;

  NoRoomException(String message) {
    super(message);
  }
}
