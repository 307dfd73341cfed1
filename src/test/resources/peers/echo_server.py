"""A WebSocket server that echoes; a text `close CODE REASON` has it close so."""
import asyncio
import sys

import websockets


async def echo(socket):
    print("path", socket.path, "extensions", [type(e).__name__ for e in socket.extensions], flush=True)
    try:
        async for message in socket:
            if isinstance(message, str) and message.startswith("close "):
                _, code, reason = message.split(" ", 2)
                await socket.close(int(code), reason)
            else:
                await socket.send(message)
    finally:
        print("closed", socket.close_code, socket.close_reason, flush=True)


async def main():
    async with websockets.serve(echo, "127.0.0.1", int(sys.argv[1]), max_size=2**26):
        print("serving", flush=True)
        await asyncio.Future()


asyncio.run(main())
