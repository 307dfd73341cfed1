package darban.app;

import darban.exchange.Observer;
import darban.listen.Pressure;
import darban.observe.Meters;
import darban.tls.Tls;
import java.net.SocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a process has once, whatever its configuration. Any thread.
 *
 * @param observer hears of every exchange
 * @param pressure says when there is no room
 * @param pseudonym our name in Via, unique to this process
 * @param controls where the control plane listens, null where there is none
 */
record House(
    Tls tls,
    Meters meters,
    Observer observer,
    Pressure pressure,
    String pseudonym,
    Supplier<@Nullable SocketAddress> controls) {}
