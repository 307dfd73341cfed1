import static java.lang.classfile.ClassFile.JAVA_25_VERSION;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Rewrites the classes of a jar in today's format: {@code java Modernize.java JAR}. Those from
 * before Java 6 have no stack maps: the JVM verifies them the old, slow way, at each start, and
 * leaves them out of its ahead-of-time cache.
 */
final class Modernize {
  private final JarFile jar;
  private final ClassFile format;

  private Modernize(JarFile jar) {
    this.jar = jar;
    ClassHierarchyResolver hierarchy =
        ClassHierarchyResolver.ofResourceParsing(this::code)
            .orElse(ClassHierarchyResolver.defaultResolver());
    this.format =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(hierarchy));
  }

  /** The program. */
  public static void main(String[] arguments) throws IOException {
    Path old = Path.of(arguments[0]);
    Path aside = Path.of(old + ".modern");
    try (JarFile jar = new JarFile(old.toFile());
        JarOutputStream modern = new JarOutputStream(Files.newOutputStream(aside))) {
      new Modernize(jar).write(modern);
    }
    Files.move(aside, old, StandardCopyOption.REPLACE_EXISTING);
  }

  private void write(JarOutputStream modern) throws IOException {
    List<JarEntry> entries = jar.stream().filter(entry -> !entry.isDirectory()).toList();
    for (JarEntry entry : entries) {
      byte[] content = content(entry);
      modern.putNextEntry(new JarEntry(entry.getName()));
      modern.write(isCode(entry.getName()) ? modern(content) : content);
      modern.closeEntry();
    }
  }

  /** What describes a module or package has no code. */
  private static boolean isCode(String name) {
    return name.endsWith(".class") && !name.endsWith("-info.class");
  }

  private byte[] modern(byte[] old) {
    return format.transformClass(
        format.parse(old),
        ClassTransform.transformingMethodBodies(CodeBuilder::with)
            .andThen(ClassTransform.endHandler(all -> all.withVersion(JAVA_25_VERSION, 0))));
  }

  private byte[] content(JarEntry entry) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  /**
   * The code of a class in the jar, for its kinship with others; null where it is not from there.
   */
  private InputStream code(ClassDesc type) {
    String name = type.descriptorString();
    JarEntry entry = jar.getJarEntry(name.substring(1, name.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
