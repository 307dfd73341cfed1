"""The least that a large object costs the kernel of this machine: one that does nothing else sends it.

By sendfile(2) from a file, or by send(2) from memory, 1 MiB at a time; HTTP is just enough for the load.
"""

import mmap
import os
import select
import socket

WAY, PORT = "@way@", int("@plain@")
MIB = 1024 * 1024
SMALL, BIG = 1024, 256 * MIB


class Connection:
    """Answers one request after the other."""

    def __init__(self, sock: socket.socket):
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock, self.asked, self.head, self.at, self.end = sock, b"", b"", 0, 0

    def step(self) -> bool:
        """Does what can be done now; whether the client is still there."""
        try:
            while self.head or self.at < self.end or self.next():
                if self.head:
                    self.head = self.head[self.sock.send(self.head, socket.MSG_MORE):]
                elif WAY == "sendfile":
                    self.at += os.sendfile(self.sock.fileno(), file.fileno(), self.at, self.end - self.at)
                else:
                    self.at += self.sock.send(memory[self.at:min(self.end, self.at + MIB)])
            return False
        except BlockingIOError:
            return True
        except OSError:
            return False

    def next(self) -> bool:
        """Takes a request; whether there was one before the end."""
        while b"\r\n\r\n" not in self.asked:
            came = self.sock.recv(4096)
            if not came:
                return False
            self.asked += came
        request, _, self.asked = self.asked.partition(b"\r\n\r\n")
        self.at, self.end = 0, BIG if b"/big/" in request else SMALL
        self.head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % self.end
        return True


file = open("object", "w+b")
for _ in range(BIG // MIB):
    file.write(bytes(MIB))
file.flush()
memory = memoryview(mmap.mmap(-1, BIG))
for page in range(0, BIG, mmap.PAGESIZE):
    memory[page] = 1
listening = socket.create_server(("127.0.0.1", PORT), backlog=64)
ready, connections = select.epoll(), {}
ready.register(listening, select.EPOLLIN)
while True:
    for number, _ in ready.poll():
        if number == listening.fileno():
            accepted = Connection(listening.accept()[0])
            connections[accepted.sock.fileno()] = accepted
            ready.register(accepted.sock, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
        elif not connections[number].step():
            connections.pop(number).sock.close()
