package darban.store.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** How files are opened: by the system, or by a test that lets them fail. Any thread. */
@FunctionalInterface
interface Opening {
  /** Opens a file. */
  FileChannel open(Path file, OpenOption... how) throws IOException;
}
