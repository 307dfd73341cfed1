package darban.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.Ports;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The interoperability cases of gRPC itself, with the gateway between its client and its server:
 * both in clear, then both by TLS.
 */
class C09GrpcIT {
  /** What asks for who is directly at the other end, or for tracing, which is not there. */
  private static final Set<String> NOT_OURS =
      Set.of("getServerAddressAndLocalAddressFromClient", "censusContextsPropagated");

  @TempDir static Path folder;
  private static final int CLEAR = Ports.free();
  private static final int SECURE = Ports.free();

  @SuppressWarnings("NullAway.Init")
  private static DarbanProcess darban;

  @BeforeAll
  static void start() throws Exception {
    Certificates.in(folder.resolve("issuer")).issue("origin", "localhost");
    darban =
        DarbanProcess.start(
            folder,
            """
            listeners:
              clear: { address: "127.0.0.1:0", protocols: [h2] }
              secure: { address: "127.0.0.1:0", protocols: [h2], tls: internal }
            sites:
              "*":
                routes:
                  - { match: { listener: [clear] }, service: clear }
                  - { match: { listener: [secure] }, service: secure }
            services:
              clear: { servers: [ "h2c://127.0.0.1:%d" ] }
              secure: { servers: [ "h2://localhost:%d" ], tls: { ca: issuer/ca.pem } }
            log: { access: off }
            """
                .formatted(CLEAR, SECURE));
  }

  @AfterAll
  static void end() {
    darban.close();
    String output = darban.program().output();
    assertTrue(output.lines().noneMatch(line -> line.contains(" warn ")), output);
  }

  /** Client and server of gRPC, in clear or by TLS. */
  private static final class Ends extends AbstractInteropTest {
    private final boolean secure;

    Ends(boolean secure) {
      this.secure = secure;
    }

    @Override
    protected ServerBuilder<?> getServerBuilder() {
      return NettyServerBuilder.forPort(secure ? SECURE : CLEAR, serverCredentials())
          .flowControlWindow(AbstractInteropTest.TEST_FLOW_CONTROL_WINDOW)
          .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
    }

    private ServerCredentials serverCredentials() {
      try {
        return secure
            ? TlsServerCredentials.create(
                folder.resolve("issuer/origin.pem").toFile(),
                folder.resolve("issuer/origin-key.pem").toFile())
            : InsecureServerCredentials.create();
      } catch (java.io.IOException unreadable) {
        throw new java.io.UncheckedIOException(unreadable);
      }
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
      try {
        NettyChannelBuilder builder =
            secure
                ? NettyChannelBuilder.forAddress(
                    "localhost",
                    darban.port("secure"),
                    TlsChannelCredentials.newBuilder()
                        .trustManager(folder.resolve("certs/ca.pem").toFile())
                        .build())
                : NettyChannelBuilder.forAddress("localhost", darban.port("clear")).usePlaintext();
        return builder
            .flowControlWindow(AbstractInteropTest.TEST_FLOW_CONTROL_WINDOW)
            .maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE);
      } catch (java.io.IOException | InterruptedException failed) {
        throw new AssertionError(failed);
      }
    }

    @Override
    protected boolean metricsExpected() {
      return false;
    }

    void run(Method method) throws Exception {
      setUp();
      try {
        method.invoke(this);
      } catch (InvocationTargetException failed) {
        throw new AssertionError(method.getName(), failed.getCause());
      } finally {
        tearDown();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> cases() {
    List<Method> methods =
        Stream.of(AbstractInteropTest.class.getMethods())
            .filter(method -> method.isAnnotationPresent(org.junit.Test.class))
            .filter(method -> method.getParameterCount() == 0)
            .filter(method -> !NOT_OURS.contains(method.getName()))
            .toList();
    assertTrue(methods.size() >= 30, methods::toString);
    return Stream.of(false, true)
        .flatMap(secure ->
            methods.stream()
                .map(method ->
                    DynamicTest.dynamicTest(
                        method.getName() + (secure ? " by TLS" : " in clear"),
                        () -> new Ends(secure).run(method))));
  }
}
