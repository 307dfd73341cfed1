package darban.app;

import darban.flow.Loop;
import darban.listen.Pressure;
import darban.observe.Meters;
import darban.resolve.Dialer;
import darban.tls.Tls;
import io.vertx.core.Vertx;
import java.io.OutputStream;
import java.util.List;

/**
 * What of a process is there before its first configuration and outlives them all.
 *
 * @param loops one a core
 * @param pressure says when there is no room for more
 * @param pseudonym our name in Via, unique to this process
 * @param output where the access log goes that no file is named for
 */
record House(
    Vertx vertx,
    List<Loop> loops,
    Tls tls,
    Meters meters,
    Dialer dialer,
    Listeners listeners,
    Pressure pressure,
    String pseudonym,
    OutputStream output) {}
