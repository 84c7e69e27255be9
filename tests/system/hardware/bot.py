"""The moody bot in a process of its own, so that it takes no time of the test that watches lamps.

    python -m tests.system.hardware.bot

It prints where it is, and each line on standard input is its mood from then on.
"""

import asyncio
import sys

from tests.rig.faulty_bot import MoodyBot


async def main() -> None:
    async with MoodyBot() as bot:
        print(bot.url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            bot.mood = line.strip()
            print(bot.mood, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
