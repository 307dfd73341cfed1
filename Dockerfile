# Three steps: build the jar, cut a Java runtime down to what it needs, put both on a small base.
#
#   docker build -t darban .
#   docker run --read-only -p 8080:8080 -p 8443:8443 -p 8443:8443/udp \
#     -v darban:/var/lib/darban -v ./my-conf:/etc/darban:ro darban

FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /src
COPY pom.xml ./
RUN mvn -B -q dependency:go-offline
COPY src ./src
RUN mvn -B -q -DskipTests package

FROM eclipse-temurin:25-jdk AS runtime
WORKDIR /opt/darban
COPY --from=build /src/target/darban.jar ./
COPY --from=build /src/target/lib ./lib/
COPY --from=build /src/target/native ./native/
# Only the modules that the jars name, and the elliptic curves, which nobody names.
RUN set -eu; \
    modules=$(jdeps --print-module-deps --ignore-missing-deps --recursive --multi-release 25 \
                    --class-path 'lib/*' darban.jar); \
    jlink --add-modules "$modules,jdk.crypto.ec" \
          --strip-debug --no-man-pages --no-header-files --compress zip-6 --output runtime
# What the JVM learns in a rehearsal makes starts fast; it is bound to this runtime and these jars.
COPY darban ./
RUN DARBAN_JAVA=/opt/darban/runtime/bin/java ./darban rehearse

FROM debian:bookworm-slim
RUN groupadd --gid 10001 darban \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/darban --no-create-home --shell /usr/sbin/nologin darban \
 && install -d -o darban -g darban -m 700 /var/lib/darban
COPY --from=runtime /opt/darban/ /opt/darban/
COPY conf/ /opt/darban/conf/
# Without a configuration of yours the embedded one runs.
RUN ln -s /opt/darban/darban /usr/local/bin/darban \
 && mkdir /etc/darban && cp /opt/darban/conf/darban.yaml /etc/darban/
USER 10001
WORKDIR /var/lib/darban
VOLUME /var/lib/darban
ENV DARBAN_JAVA=/opt/darban/runtime/bin/java \
    DARBAN_CERTS=/var/lib/darban/certs \
    DARBAN_CONFIG=/etc/darban/darban.yaml \
    JAVA_OPTS="-XX:-UsePerfData"
EXPOSE 8080 8443 8443/udp 3128 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
  ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["darban"]
CMD ["run"]
