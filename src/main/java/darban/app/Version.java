package darban.app;

import org.jspecify.annotations.Nullable;

/** What this is. */
final class Version {
  private Version() {}

  /** The version of the build, or a word for a build without one. */
  static String text() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
