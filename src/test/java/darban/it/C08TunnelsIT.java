package darban.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import darban.testkit.Certificates;
import darban.testkit.DarbanProcess;
import darban.testkit.Networks;
import darban.testkit.Peers;
import darban.testkit.Ports;
import darban.testkit.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels of others through CONNECT: ssh, and OpenVPN between machines that see only the gate. */
class C08TunnelsIT {
  @TempDir Path folder;

  // ssh

  private Program sshd(int port) throws Exception {
    String sshd = Peers.find("sshd", "openssh-server");
    String keygen = Peers.find("ssh-keygen", "openssh-client");
    for (String key : List.of("host", "user")) {
      Program.of(keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).in(folder).run().good();
    }
    Path config =
        Files.writeString(
            folder.resolve("sshd_config"),
            """
            Port %d
            ListenAddress 127.0.0.1
            HostKey %s/host
            AuthorizedKeysFile %s/user.pub
            PidFile none
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin yes
            """
                .formatted(port, folder, folder));
    if (Peers.isRoot()) {
      // Its service would make it.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    Program server = Program.of(sshd, "-D", "-e", "-f", config.toString()).start();
    server.line("Server listening on 127.0.0.1");
    return server;
  }

  @Test
  void ssh_byNetcatAndConnect_carriesACommandAndBytes() throws Exception {
    Peers.find("nc", "netcat-openbsd");
    String ssh = Peers.find("ssh", "openssh-client");
    int port = Ports.free();
    byte[] noise = new byte[8 << 20];
    new Random(3).nextBytes(noise);
    Files.write(folder.resolve("noise"), noise);
    try (Program server = sshd(port);
        DarbanProcess darban =
            DarbanProcess.start(
                folder,
                """
                listeners: { proxy: { address: "127.0.0.1:0", mode: forward } }
                forward: { private-addresses: [ "127.0.0.1:%d" ], connect-ports: [%d] }
                log: { access: { file: access.json } }
                """
                    .formatted(port, port))) {
      String by = "ProxyCommand=nc -X connect -x 127.0.0.1:" + darban.port("proxy") + " %h %p";
      String command =
          "%s -F none -i user -o StrictHostKeyChecking=no -o UserKnownHostsFile=known -p %d -o '%s' 127.0.0.1"
              .formatted(ssh, port, by);
      Program.Result said =
          Program.of("sh", "-c", command + " 'echo salam'").in(folder).run().good();
      assertEquals("salam\n", said.out());
      Program.of("sh", "-c", command + " cat <noise >back").in(folder).run().good();
      assertArrayEquals(noise, Files.readAllBytes(folder.resolve("back")));
      Program.Result refused =
          Program.of("sh", "-c", command.replace("-p " + port, "-p 1") + " true").in(folder).run();
      assertNotEquals(0, refused.status());
      assertTrue(refused.err().contains("403"), refused::toString);
      assertTrue(server.runs());
    }
  }

  // OpenVPN

  private List<String> openvpn(String role, String address, String far) {
    List<String> command = new ArrayList<>();
    command.add(Peers.find("openvpn", "openvpn"));
    command.addAll(List.of("--dev", "tun", "--disable-dco", "--verb", "3"));
    command.addAll(List.of("--ifconfig", address, far, "--auth-nocache"));
    command.addAll(List.of("--ca", "issuer/ca.pem", "--cert", "issuer/" + role + ".pem"));
    command.addAll(List.of("--key", "issuer/" + role + "-key.pem"));
    command.addAll(
        role.equals("server")
            ? List.of("--proto", "tcp-server", "--port", "1194", "--tls-server", "--dh", "none")
            : List.of("--proto", "tcp-client", "--tls-client", "--remote", "10.99.2.2", "1194"));
    return command;
  }

  private Program run(Networks networks, String machine, List<String> command) throws IOException {
    return networks.on(machine, command.toArray(String[]::new)).in(folder).start();
  }

  private DarbanProcess gate(Networks networks) throws Exception {
    return DarbanProcess.start(
        networks.on("gate"),
        folder,
        """
        listeners: { proxy: { address: "10.99.1.1:3128", mode: forward } }
        forward: { private-addresses: [ "10.99.2.0/24" ], auth: basic }
        users: [ { name: ali, password: kelid } ]
        log: { access: { file: access.json } }
        """);
  }

  @Test
  void openvpn_byConnectWithPassword_carriesPings() throws Exception {
    try (Networks networks = new Networks()) {
      String ping = Peers.find("ping", "iputils-ping");
      networks.on("gate", ping, "-c1", "-W5", "10.99.2.2").run().good();
      assertNotEquals(0, networks.on("client", ping, "-c1", "-W1", "10.99.2.2").run().status());
      Certificates certificates = Certificates.in(folder.resolve("issuer"));
      certificates.issue("server", "server");
      certificates.issue("client", "client");
      Files.writeString(folder.resolve("right"), "ali\nkelid\n");
      Files.writeString(folder.resolve("wrong"), "ali\nghofl\n");
      try (DarbanProcess darban = gate(networks);
          Program server = run(networks, "server", openvpn("server", "10.8.0.1", "10.8.0.2"))) {
        server.line("Listening for incoming TCP connection");
        refusedWith(networks, "wrong");
        List<String> command = openvpn("client", "10.8.0.2", "10.8.0.1");
        command.addAll(List.of("--http-proxy", "10.99.1.1", "3128", "right", "basic"));
        try (Program client = run(networks, "client", command)) {
          client.line("Initialization Sequence Completed");
          server.line("Initialization Sequence Completed");
          String pings = ping + " -q -i 0.002 -c 500 -s 1300 10.8.0.1";
          Program.Result pinged = networks.on("client", pings.split(" ")).run().good();
          assertTrue(pinged.out().contains(" 0% packet loss"), pinged::toString);
          System.out.println("OpenVPN: " + pinged.out().lines().toList().getLast());
        }
        assertTrue(darban.program().runs());
      }
    }
  }

  private void refusedWith(Networks networks, String passwordFile) throws Exception {
    List<String> command = openvpn("client", "10.8.0.2", "10.8.0.1");
    command.addAll(List.of("--http-proxy", "10.99.1.1", "3128", passwordFile, "basic"));
    try (Program client = run(networks, "client", command)) {
      client.line("HTTP/1.[01] 407|407 Proxy");
    }
  }
}
