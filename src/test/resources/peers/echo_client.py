"""Asks an echoing WebSocket server all it can be asked; prints `ok` when every answer was right."""
import asyncio
import os
import ssl
import sys

import websockets

url, ca = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None


def connect(**options):
    context = ssl.create_default_context(cafile=ca) if ca else None
    return websockets.connect(url, ssl=context, max_size=2**26, **options)


async def echoes(socket, message):
    await socket.send(message)
    assert await socket.recv() == message, "another message came back"


async def plain():
    async with connect(compression=None) as socket:
        await echoes(socket, "salam")
        await echoes(socket, "سلام دربان")
        await echoes(socket, "")
        await echoes(socket, b"")
        for size in 1, 125, 126, 65535, 65536, 1_000_003:
            await echoes(socket, os.urandom(size))
        await echoes(socket, os.urandom(2**24))


async def compressed():
    async with connect() as socket:
        assert socket.extensions, "compression was not agreed on"
        await echoes(socket, "salam " * 100_000)


async def fragments():
    async with connect(compression=None) as socket:
        parts = ["sa", "l", "", "am"]
        await socket.send(parts)
        assert await socket.recv() == "salam"
        pieces = [os.urandom(70_000) for _ in range(40)]
        await socket.send(pieces)
        assert await socket.recv() == b"".join(pieces)


async def pings():
    async with connect() as socket:
        for payload in b"", b"x" * 125:
            pong = await socket.ping(payload or None)
            await asyncio.wait_for(pong, 10)


async def many():
    async with connect(compression=None, max_queue=None) as socket:
        messages = [os.urandom(i * 37 % 5000) for i in range(500)]

        async def send():
            for message in messages:
                await socket.send(message)

        sending = asyncio.ensure_future(send())
        for message in messages:
            assert await socket.recv() == message
        await sending


async def closes_of_the_server():
    for code, reason in (1000, "tamam"), (1001, ""), (4001, "bye"), (1011, "khata"):
        async with connect() as socket:
            await socket.send(f"close {code} {reason}")
            try:
                await socket.recv()
                assert False, "no close came"
            except websockets.ConnectionClosed:
                assert (socket.close_code, socket.close_reason) == (code, reason)


async def closes_of_the_client():
    for code, reason in (1000, "tamam"), (4002, "man raftam"):
        async with connect() as socket:
            await socket.close(code, reason)
            assert socket.close_code == code


async def main():
    for case in plain, compressed, fragments, pings, many, closes_of_the_server, closes_of_the_client:
        await asyncio.wait_for(case(), 40)
        print("passed", case.__name__, flush=True)
    print("ok", flush=True)


asyncio.run(main())
