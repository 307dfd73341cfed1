"""Who is measured: what each system is called, needs, and how it is started.

A system's configuration is a folder of templates, perf/peers/SYSTEM/PROFILE, in which @name@ stands for a
value of its Place; it is filled into the folder in which the system runs.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from .machine import ROOT, jdk

USER = pwd.getpwuid(os.getuid()).pw_name
AS_ROOT = os.getuid() == 0
MEDIA = {"media", "films", "live", "edge"}  # profiles with one door


@dataclass(frozen=True)
class Setup:
    """What a scenario asks of a system's configuration, and what shall be in its cache."""

    profile: str = "speed"
    tls: bool = False
    log: bool = False
    cache_mib: int = 64
    routes: int = 0
    objects: int = 0
    datagram: int = 1350  # bytes in a packet of HTTP/3
    workers: int = 1  # event loops or processes, each with a core; from the second on, the load shares them


@dataclass(frozen=True)
class Place:
    """Where one server runs: its folder, its setup, its ports, and the port of its origin."""

    dir: Path
    setup: Setup
    ports: dict[str, int]
    origin: int


class System:
    """A program to measure."""

    name = ""
    needs: dict[str, str] = {}  # program or file → the Debian package that brings it
    jvm = False  # has to be warmed
    connects = True  # the way through it is by CONNECT; otherwise `tunnel` leads to the origin

    @property
    def family(self) -> str:
        """Its name without what comes behind an @: its templates' folder."""
        return self.name.partition("@")[0]

    def doors(self, setup: Setup) -> list[str]:
        """The ports that are open when it is up."""
        return ["plain", "tls", "tunnel"] if setup.profile == "speed" else ["plain"]

    def commands(self, place: Place) -> list[list[str]]:
        """The processes it consists of, in the order in which they need each other."""
        raise NotImplementedError

    def before(self, place: Place) -> list[list[str]]:
        """What has to run, and end, first."""
        return []

    def values(self, place: Place) -> dict[str, object]:
        """Values of its templates beside those that all have."""
        return {}

    def environment(self, place: Place) -> dict[str, str]:
        return {}


class Darban(System):
    """The product as it is shipped: its launcher, its jar, a configuration file."""

    jvm = True

    def __init__(self, home: Path = ROOT, transport: str = ""):
        self.home = home
        self.transport = transport
        self.name = "darban" if home == ROOT and not transport else f"darban@{transport or home}"

    def doors(self, setup):
        return ["plain"] if setup.profile in MEDIA else ["plain", "tls", "tunnel"]

    def commands(self, place):
        return [[str(self.home / "darban"), "run", "-c", "darban.yaml"]]

    def environment(self, place):
        options = f"-XX:ActiveProcessorCount={place.setup.workers} {os.environ.get('JAVA_OPTS', '')}"
        return {"DARBAN_JAVA": str(jdk() / "bin/java"), "JAVA_OPTS": options}

    def values(self, place):
        route = '- {{ match: {{ path: "/route/{}/*" }}, service: origin }}'
        return {
            "log": "{ file: access.log }" if place.setup.log else "off",
            "routes": "\n      ".join(route.format(n) for n in range(place.setup.routes)),
            "datagram": place.setup.datagram,
            "transport": f"transport: {self.transport}" if self.transport else "",
        }


class Nginx(System):
    name = "nginx"
    connects = False
    needs = {"nginx": "nginx-light", "/usr/lib/nginx/modules/ngx_stream_module.so": "libnginx-mod-stream"}

    def commands(self, place):
        return [["nginx", "-p", str(place.dir), "-e", "error.log", "-c", "nginx.conf"]]

    def values(self, place):
        route = "location /route/{}/ {{ proxy_pass http://origin; proxy_cache z; }}"
        return {
            "log": "access.log" if place.setup.log else "off",
            "routes": "\n    ".join(route.format(n) for n in range(place.setup.routes)),
        }


class Haproxy(System):
    name = "haproxy"
    connects = False
    needs = {"haproxy": "haproxy"}

    def commands(self, place):
        return [["haproxy", "-db", "-f", "haproxy.cfg"]]

    def values(self, place):
        mib = place.setup.cache_mib
        return {
            "cache_object": mib * 1024 * 1024 // 2 - 1,  # the most it allows
            "log": "log stdout format raw local0" if place.setup.log else "",
            "log_format": "log global\n  option httplog" if place.setup.log else "",
        }


class Floor(System):
    """No server, but what the kernel alone takes for a large object: by sendfile(2), or copied from memory."""

    connects = False

    def __init__(self, way: str):
        self.way, self.name = way, f"floor@{way}"

    def doors(self, setup):
        return ["plain"]

    def commands(self, place):
        return [["python3", "-B", "floor.py"]]

    def values(self, place):
        return {"way": self.way}


class Varnish(System):
    """Varnish, with hitch before it where TLS is asked for."""

    name = "varnish"
    needs = {"varnishd": "varnish", "hitch": "hitch"}

    def doors(self, setup):
        return ["plain", "tls"] if setup.tls else ["plain"]

    def commands(self, place):
        ports, setup = place.ports, place.setup
        listen = ["-a", f"127.0.0.1:{ports['plain']}", "-a", f"127.0.0.1:{ports['proxied']},PROXY"]
        tuned = {
            "speed": ["-p", "feature=+http2"],
            # Nothing is fresh that does not say so, as in the suite's docker/serve.sh.
            "conformance": ["-p", "default_ttl=0", "-p", "default_grace=0", "-p", "default_keep=3600"],
            "media": [],
        }[setup.profile]
        varnish = ["varnishd", "-F", "-j", "none", "-n", f"{place.dir}/work", "-f", f"{place.dir}/varnish.vcl"]
        started = [varnish + listen + ["-s", "malloc,2G"] + tuned]
        if setup.log:
            started.append(["varnishncsa", "-n", f"{place.dir}/work", "-w", "access.log", "-t", "10"])
        return started + ([["hitch", "--config", "hitch.conf"]] if setup.tls else [])

    def before(self, place):
        if not place.setup.tls:
            return []
        # hitch 1.7.2 with a single certificate aborts on a name it does not know.
        return [["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", "/CN=other", "-keyout", "other.pem", "-out", "other.crt"],
                ["sh", "-c", "cat other.crt >> other.pem"]]

    def values(self, place):
        return {"hitch_user": f'user = "{USER}"' if AS_ROOT else ""}


class Squid(System):
    name = "squid"
    needs = {"squid": "squid-openssl"}

    def before(self, place):
        return [["squid", "-N", "-z", "-f", "squid.conf"]]

    def commands(self, place):
        return [["squid", "-N", "-f", "squid.conf"]]

    def values(self, place):
        return {"log": f"stdio:{place.dir}/access.log" if place.setup.log else "none"}


class TrafficServer(System):
    name = "trafficserver"
    needs = {"traffic_server": "trafficserver"}

    def commands(self, place):
        return [["traffic_server"]]

    def environment(self, place):
        return {"TS_RUNROOT": str(place.dir)}

    def values(self, place):
        for folder in ("store", "run", "log"):
            (place.dir / folder).mkdir()
        # 3: transactions and errors; 0: nothing. "#-1" stays the user it was started as.
        return {"log": 3 if place.setup.log else 0, "ats_user": "#-1"}


class Tinyproxy(System):
    name = "tinyproxy"
    needs = {"tinyproxy": "tinyproxy-bin"}

    def doors(self, setup):
        return ["tunnel"]

    def commands(self, place):
        return [["tinyproxy", "-d", "-c", "tinyproxy.conf"]]


class Httpd(System):
    """Apache: only in the conformance table."""

    name = "httpd"
    needs = {"apache2": "apache2"}

    def doors(self, setup):
        return ["plain"]

    def commands(self, place):
        return [["apache2", "-d", str(place.dir), "-f", "httpd.conf", "-DFOREGROUND"]]

    def values(self, place):
        return {"httpd_user": "User www-data\nGroup www-data" if AS_ROOT else ""}


class Caddy(System):
    """The one server of Debian that speaks HTTP/3."""

    name = "caddy"
    needs = {"caddy": "caddy"}

    def doors(self, setup):
        return ["tls"]

    def commands(self, place):
        return [["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"]]

    def environment(self, place):
        return {"GOMAXPROCS": "1", "HOME": str(place.dir)}


DARBAN = Darban()
NGINX, HAPROXY, VARNISH, SQUID = Nginx(), Haproxy(), Varnish(), Squid()
TRAFFIC_SERVER, TINYPROXY, HTTPD, CADDY = TrafficServer(), Tinyproxy(), Httpd(), Caddy()
FLOORS = [Floor("sendfile"), Floor("copies")]
ALL = [DARBAN, NGINX, HAPROXY, VARNISH, SQUID, TRAFFIC_SERVER, TINYPROXY, HTTPD, CADDY, *FLOORS]


def needs(chosen) -> dict[str, str]:
    """What has to be installed for them: program or file → Debian package."""
    return {program: package for system in chosen for program, package in system.needs.items()}


def programs(chosen) -> list[str]:
    """The program of each, by which its version can be asked."""
    return [next(iter(system.needs)) for system in chosen if system.needs]


def named(name: str) -> System:
    """A system by its name; `darban@FOLDER` is the Darban of another checkout, `darban@io_uring` ours by io_uring."""
    if name == "darban@io_uring":
        return Darban(transport="io_uring")
    if name.startswith("darban@"):
        return Darban(Path(name.removeprefix("darban@")).resolve())
    for system in ALL:
        if system.name == name:
            return system
    raise LookupError(f"no system {name}; there are {', '.join(s.name for s in ALL)}, darban@FOLDER")


