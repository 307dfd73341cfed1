package darban.listen.web;

import static darban.config.Shapes.choice;
import static darban.config.Shapes.domain;
import static darban.config.Shapes.either;
import static darban.config.Shapes.file;
import static darban.config.Shapes.list;
import static darban.config.Shapes.secret;
import static darban.config.Shapes.section;
import static darban.config.Shapes.text;
import static darban.config.Shapes.word;

import darban.config.Shape;
import darban.tls.CertificateFiles;
import darban.tls.KeyFiles;
import darban.tls.ServerTlsSettings.Certificates;
import darban.tls.ServerTlsSettings.ClientAuth;
import darban.tls.TlsVersion;
import java.util.List;
import java.util.Optional;

/**
 * A listener's TLS as the configuration says it: {@code off}, {@code internal}, or certificates.
 *
 * @param certificates where identities come from
 * @param clients whether clients must show a certificate
 * @param minVersion the oldest version
 */
record TlsConfig(Certificates certificates, ClientAuth clients, TlsVersion minVersion) {
  private static final Shape<KeyFiles> PAIR =
      section(
              "certificate",
              keys -> {
                var cert =
                    keys.required("cert", file(), "Chain, PEM; or a PKCS#12 file with its key");
                var key = keys.optional("key", file(), "Its key, PEM; if not in the same file");
                var password = keys.optional("password", secret(), "Of an encrypted key");
                return values ->
                    new KeyFiles(values.get(cert), values.get(key), values.get(password));
              })
          .check((files, where, problems) ->
              CertificateFiles.checkIdentity(files, where.at("cert"), problems));

  private static final TlsConfig INTERNAL =
      new TlsConfig(new Certificates.Internal(List.of()), ClientAuth.NONE, TlsVersion.TLS_1_2);

  private static final Shape<TlsConfig> SECTION =
      section(
          "listener-tls",
          keys -> {
            var certificates =
                keys.optional(
                    "certificates", list(PAIR, 1), "The first is for clients that name no host");
            var names =
                keys.withDefault(
                    "internal-names",
                    list(domain()),
                    "[]",
                    "Without certificates: names the development CA may make them for");
            var ca = keys.optional("client-ca", file(), "Issuers of clients' certificates, PEM");
            var auth =
                keys.withDefault(
                    "client-auth",
                    choice(ClientAuth.Mode.class),
                    "none",
                    "Whether clients must show a certificate");
            var version =
                keys.withDefault(
                    "min-version",
                    text("a version", "write 1.2 or 1.3", "1\\.[23]")
                        .map(v -> v.equals("1.3") ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2),
                    "1.2",
                    "The oldest TLS version");
            return values ->
                new TlsConfig(
                    values
                        .get(certificates)
                        .<Certificates>map(Certificates.Files::new)
                        .orElse(
                            new Certificates.Internal(
                                values.get(names).stream().map(Object::toString).toList())),
                    new ClientAuth(values.get(auth), values.get(ca)),
                    values.get(version));
          });

  /** The shape of the key {@code tls}; empty is {@code off}. */
  static final Shape<Optional<TlsConfig>> SHAPE =
      either(
              word("off", Optional.<TlsConfig>empty()),
              word("internal", Optional.of(INTERNAL)),
              SECTION.map(Optional::of))
          .check((tls, where, problems) -> {
            tls.flatMap(given -> given.clients().ca())
                .ifPresent(
                    ca -> CertificateFiles.checkIssuers(ca, where.at("client-ca"), problems));
            boolean lacksCa =
                tls.isPresent()
                    && tls.get().clients().mode() != ClientAuth.Mode.NONE
                    && tls.get().clients().ca().isEmpty();
            if (lacksCa) {
              problems.error(
                  where.at("client-auth"),
                  "clients are asked for certificates that nobody can check",
                  "name their issuers in `client-ca`");
            }
          });
}
