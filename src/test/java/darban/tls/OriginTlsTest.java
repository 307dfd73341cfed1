package darban.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.base.Failure;
import darban.base.HostPort;
import darban.base.Kind;
import darban.base.Retry;
import darban.tls.ServerTlsSettings.ClientAuth;
import darban.tls.ServerTlsSettings.ClientAuth.Mode;
import darban.tls.TestAuthority.Issued;
import darban.tls.TestAuthority.Wish;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(LeakWatch.class)
class OriginTlsTest {
  private static final TestAuthority CA = new TestAuthority("origin test");

  @TempDir Path directory;
  private final TestTls test = new TestTls();
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    test.close();
  }

  private int serve(ServerTlsSettings settings) throws Failure {
    ServerTls tls = test.tls(Engine.best(), directory).server(settings);
    TinyServer server = new TinyServer(tls);
    open.add(tls);
    open.add(server);
    return server.port();
  }

  private OriginTls origin(Engine engine, OriginTlsSettings settings) throws Failure {
    OriginTls origin = test.tls(engine, directory).origin(settings);
    open.add(origin);
    return origin;
  }

  private OriginTlsSettings trusting(TestAuthority authority) throws Exception {
    Path ca = authority.write(directory.resolve("origin-ca.pem"));
    return with(Optional.of(ca), Optional.empty(), Optional.empty());
  }

  private static OriginTlsSettings with(
      Optional<Path> ca, Optional<String> name, Optional<KeyFiles> client) {
    return new OriginTlsSettings(
        true, ca, name, client, List.of("h2", "http/1.1"), Duration.ofSeconds(20));
  }

  /** Our own side of a connection, and what the other side saw. */
  private record Reply(TlsSession session, String line) {}

  /**
   * One request to 127.0.0.1, as if {@code host} had been looked up; fails as the handshake did.
   */
  private Reply get(OriginTls origin, String host, int port) throws Exception {
    Reading reading = new Reading();
    SslHandler handler = origin.handler(Unpooled.EMPTY_BUFFER.alloc(), new HostPort(host, port));
    Channel channel =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(InetAddress.getLoopbackAddress(), port)
            .sync()
            .channel();
    try {
      loops.next().submit(() -> channel.pipeline().addLast(handler, reading)).sync();
      handler.handshakeFuture().get(20, TimeUnit.SECONDS);
      channel.writeAndFlush(Unpooled.copiedBuffer("GET", StandardCharsets.US_ASCII));
      String line = reading.text.get(20, TimeUnit.SECONDS);
      return new Reply(TlsSession.of(channel).orElseThrow(), line);
    } finally {
      channel.close().sync();
    }
  }

  private static final class Reading extends SimpleChannelInboundHandler<ByteBuf> {
    final CompletableFuture<String> text = new CompletableFuture<>();
    private final StringBuilder read = new StringBuilder();

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      read.append(bytes.toString(StandardCharsets.US_ASCII));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      text.complete(read.toString());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      text.completeExceptionally(cause);
    }
  }

  private Failure fails(OriginTls origin, String host, int port) {
    ExecutionException ended =
        assertThrows(ExecutionException.class, () -> get(origin, host, port));
    Failure failure = OriginFailures.of(ended);
    assertEquals(Retry.ALWAYS, failure.retry());
    return failure;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_trustedOrigin_nameIsSentAndVerified(Engine engine) throws Exception {
    int port =
        serve(
            TestTls.settings(
                CA.issue("a.example", "127.0.0.1", "::1", "localhost").write(directory, "a"),
                CA.issue("*.b.example").write(directory, "b")));
    OriginTls origin = origin(engine, trusting(CA));
    for (String name : List.of("a.example", "x.b.example", "localhost", "A.Example.")) {
      Reply reply = get(origin, name, port);
      String sent = HostNames.normal(name).orElseThrow();
      assertTrue(reply.line().contains(" sni=" + sent + " alpn=h2 "), reply.line());
      assertEquals(Optional.of("h2"), reply.session().alpn());
      assertEquals("TLSv1.3", reply.session().protocol());
      assertTrue(reply.session().peer().isPresent());
      Optional<String> hybrid = Optional.of("X25519MLKEM768");
      assertEquals(engine == Engine.BORINGSSL ? hybrid : Optional.empty(), reply.session().group());
    }
    for (String address : List.of("127.0.0.1", "::1", "0:0:0:0:0:0:0:1")) {
      String line = get(origin, address, port).line();
      assertTrue(line.contains(" sni=- "), line);
    }
    assertEquals(engine, origin.engine());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_serverNameOfTheSettings_replacesTheHost(Engine engine) throws Exception {
    int port = serve(TestTls.settings(CA.issue("a.example").write(directory, "a")));
    Optional<Path> ca = Optional.of(CA.write(directory.resolve("ca.pem")));
    OriginTls origin = origin(engine, with(ca, Optional.of("a.example"), Optional.empty()));
    String line = get(origin, "127.0.0.1", port).line();
    assertTrue(line.contains(" sni=a.example "), line);
  }

  static Stream<Arguments> refusals() {
    Instant now = Instant.now();
    Wish good = Wish.of("a.example");
    Issued old = CA.issue(good.valid(now.minusSeconds(9_000), now.minusSeconds(5_000)));
    Issued early = CA.issue(good.valid(now.plusSeconds(5_000), now.plusSeconds(9_000)));
    Issued client = CA.issue(good.only(KeyPurposeId.id_kp_clientAuth));
    Issued stranger = new TestAuthority("stranger").issue("a.example");
    Issued named = CA.issue(good.withoutAlternativeNames());
    return Stream.of(Engine.values())
        .flatMap(engine ->
            Stream.of(
                Arguments.of(engine, old, "a.example", "has expired"),
                Arguments.of(engine, early, "a.example", "is not valid yet"),
                Arguments.of(engine, client, "a.example", "is not trusted"),
                Arguments.of(engine, stranger, "a.example", "is from an unknown issuer"),
                Arguments.of(
                    engine, TestAuthority.selfSigned("a.example"), "a.example", "is self-signed"),
                Arguments.of(engine, named, "a.example", "is for another name"),
                Arguments.of(engine, CA.issue(good), "b.example", "is for another name"),
                Arguments.of(engine, CA.issue(good), "127.0.0.1", "is for another name"),
                Arguments.of(engine, CA.issue("*.example"), "x.a.example", "is for another name"),
                Arguments.of(engine, CA.issue(good), "not_a_name", "is for another name")));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void handshake_badCertificate_failsWithTheReason(
      Engine engine, Issued issued, String host, String reason) throws Exception {
    int port = serve(TestTls.settings(issued.write(directory, "a")));
    Failure failure = fails(origin(engine, trusting(CA)), host, port);
    assertEquals(Kind.TLS_CERTIFICATE, failure.kind());
    assertEquals("the origin's certificate " + reason, failure.message());
    assertTrue(failure.detail().startsWith("the certificate " + reason + ": "), failure.detail());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_withoutVerification_anyCertificateWillDo(Engine engine) throws Exception {
    int port = serve(TestTls.settings(TestAuthority.selfSigned("x").write(directory, "a")));
    OriginTlsSettings careless =
        new OriginTlsSettings(
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Duration.ofSeconds(20));
    Reply reply = get(origin(engine, careless), "b.example", port);
    assertTrue(reply.line().contains(" sni=b.example alpn=- "), reply.line());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_systemTrust_doesNotKnowUs(Engine engine) throws Exception {
    int port = serve(TestTls.settings(CA.issue("a.example").write(directory, "a")));
    Failure failure = fails(origin(engine, OriginTlsSettings.DEFAULT), "a.example", port);
    assertEquals("the origin's certificate is from an unknown issuer", failure.message());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void clientCertificate_askedFor_shown(Engine engine) throws Exception {
    Path ca = CA.write(directory.resolve("ca.pem"));
    int port =
        serve(
            TestTls.settings(CA.issue("a.example").write(directory, "a"))
                .with(new ClientAuth(Mode.REQUIRED, Optional.of(ca))));
    KeyFiles own = CA.issue("gateway").write(directory, "own");
    Optional<Path> trusted = Optional.of(ca);
    OriginTls good = origin(engine, with(trusted, Optional.empty(), Optional.of(own)));
    String line = get(good, "a.example", port).line();
    assertTrue(line.contains("peer=CN=gateway"), line);
    OriginTls none = origin(engine, with(trusted, Optional.empty(), Optional.empty()));
    // In TLS 1.3 the refusal comes after our side of the handshake has ended.
    Failure failure = fails(none, "a.example", port);
    assertEquals(Kind.TLS_ERROR, failure.kind());
    assertTrue(
        failure.message().startsWith("the origin refused the TLS handshake: "), failure.message());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void reload_otherCa_trustedFromThenOnWithoutOldSessions(Engine engine) throws Exception {
    int port = serve(TestTls.settings(CA.issue("a.example").write(directory, "a")));
    OriginTls origin = origin(engine, trusting(CA));
    get(origin, "a.example", port);
    TestAuthority other = new TestAuthority("other");
    trusting(other);
    assertTrue(TestTls.next(test.notes).startsWith("origin certificates "));
    assertEquals(Kind.TLS_CERTIFICATE, fails(origin, "a.example", port).kind());
    trusting(CA);
    TestTls.next(test.notes);
    assertTrue(get(origin, "a.example", port).line().contains("resumed=false"));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_noTls_saysSo(Engine engine) throws Exception {
    OriginTls origin = origin(engine, trusting(CA));
    try (ServerSocket plain = listen()) {
      answer(plain, "HTTP/1.1 400 Bad Request\r\n\r\n");
      Failure failure = fails(origin, "a.example", plain.getLocalPort());
      assertEquals("the origin does not speak TLS", failure.message());
      assertEquals(Kind.TLS_ERROR, failure.kind());
    }
    try (ServerSocket closing = listen()) {
      answer(closing, "");
      assertEquals(
          Kind.CONNECTION_TERMINATED, fails(origin, "a.example", closing.getLocalPort()).kind());
    }
    try (ServerSocket alerting = listen()) {
      answer(alerting, "\u0015\u0003\u0003\u0000\u0002\u0002(");
      Failure failure = fails(origin, "a.example", alerting.getLocalPort());
      assertEquals("the origin refused the TLS handshake: handshake failure", failure.message());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handshake_silentOrigin_timesOut(Engine engine) throws Exception {
    OriginTlsSettings hasty =
        new OriginTlsSettings(
            false,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Duration.ofMillis(200));
    try (ServerSocket silent = listen()) {
      Failure failure = fails(origin(engine, hasty), "a.example", silent.getLocalPort());
      assertEquals(Kind.CONNECTION_TIMEOUT, failure.kind());
    }
  }

  private static ServerSocket listen() throws Exception {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  /** Answers the first bytes of one connection, and closes it. */
  private static void answer(ServerSocket listener, String text) {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = listener.accept()) {
            assertTrue(socket.getInputStream().read(new byte[4_096]) > 0);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
          } catch (java.io.IOException gone) {
            throw new AssertionError(gone);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void handler_afterClose_refused(Engine engine) throws Exception {
    OriginTls origin = test.tls(engine, directory).origin(trusting(CA));
    origin.close();
    origin.close();
    Failure failure =
        assertThrows(
            Failure.class,
            () -> origin.handler(Unpooled.EMPTY_BUFFER.alloc(), new HostPort("a.example", 1)));
    assertEquals(Kind.STOPPING, failure.kind());
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void open_missingFile_saysWhich(Engine engine) {
    Optional<Path> missing = Optional.of(directory.resolve("no.pem"));
    Failure failure =
        assertThrows(
            Failure.class, () -> origin(engine, with(missing, Optional.empty(), Optional.empty())));
    assertTrue(failure.detail().contains("no.pem: there is no such file"), failure.detail());
  }
}
