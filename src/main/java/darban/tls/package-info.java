/**
 * Certificates, keys and the TLS contexts made of them, for listeners and towards origins.
 *
 * <pre>
 *              Tls ── devCa() ─────────────► DevCa ─ CaFiles, CertificateMaker
 *               │                              ▲ leaf(name), on a worker
 *   server(..)  │                              │
 *               ▼                              │
 *   ServerTls ─ ContextTable ─ Identities = CertStore | InternalNames
 *      │            │  ▲ swap        ▲
 *      │            │  └─ HotReload ─┴─ PemFiles, PrivateKeys
 *      │            ▼
 *      │          Shelf ─ TlsContexts ─ TicketKeys       (an SslContext and a QuicSslContext
 *      ├─ handler()    SniPicker    a TCP connection      for each identity)
 *      ├─ quic()       QuicWatch    a QUIC connection
 *      └─ counters(), expiries()
 *
 *   origin(..) ► OriginTls ─ OriginTrust, HotReload      OriginFailures: why it failed, in words
 * </pre>
 *
 * <p>What holds here:
 *
 * <ul>
 *   <li>TLS 1.2 and 1.3 only (RFC 8996), AEAD suites with ephemeral keys only (RFC 9325), no second
 *       handshake in a connection, no early data, no compression.
 *   <li>A TCP connection is served by BoringSSL where its library loads, else by the JDK; QUIC by
 *       the BoringSSL of its codec, always. Both know the hybrid group X25519MLKEM768; the JDK
 *       takes it up in the version that knows it.
 *   <li>Tickets are sealed by keys that one identity of one listener has to itself and that live
 *       twelve hours at most ({@code TicketKeys}); the JDK's engine turns its own every hour. New
 *       certificates or new issuers of clients' certificates mean new contexts and so new keys: a
 *       ticket outlives neither, and it never carries a client from one identity to another.
 *   <li>Files are looked at twice a second. What is loaded is checked first and then swapped as a
 *       whole. Handshakes under way keep the context they began with; native memory is freed by the
 *       last user of a context, counted for TCP, collected for QUIC.
 *   <li>QUIC asks for a certificate in the midst of a packet, on the event loop. It gets a context
 *       at once, which costs some 15 µs when it is new; a leaf that must still be made (some 2 ms)
 *       is waited for in the codec's TLS task, on a worker.
 *   <li>A QUIC connection keeps the policy for clients' certificates that it began with, before the
 *       name was known. So that policy is the listener's, never a name's.
 *   <li>Bouncy Castle reads encrypted keys and signs the development CA's certificates. It is never
 *       registered with the JDK, and keys that leave this room are the JDK's own.
 * </ul>
 *
 * <p>May import {@code base}, {@code http} and {@code wire}, Vert.x, Netty and, alone in the house,
 * Bouncy Castle.
 *
 * <p>RFC 5246, RFC 8446 (TLS), RFC 9001 (in QUIC), RFC 6066 (server name), RFC 7301 (ALPN), RFC
 * 5280 (certificates), RFC 9110 §4.3.4 and RFC 9525 (whose certificate it is), RFC 7468, RFC 5958,
 * RFC 7292 and RFC 8018 (files).
 */
@NullMarked
package darban.tls;

import org.jspecify.annotations.NullMarked;
