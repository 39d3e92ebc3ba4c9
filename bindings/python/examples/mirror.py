#!/usr/bin/env python3
"""Keeps a local folder as a remote one is: mirror.py [--once] REMOTE LOCAL

What is new or changed is fetched, what is gone at the hub is removed here;
files that are the same already are left alone.  Without --once it then waits
for changes and goes on until it is ended.

It removes only what is below LOCAL, follows no link there, and nothing at all
while the remote folder cannot be listed.
"""
import argparse
import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Dict

import fss
import fss.aio


async def once(client: fss.aio.Client, remote: fss.RemotePath,
               local: Path) -> None:
    """Makes the one as the other."""
    # Listed whole before anything is removed.
    top = (await client.stat(remote)).remote
    there: Dict[str, bool] = {}
    async for entry in client.walk(remote):
        there[entry.remote.relative_to(top)] = entry.is_dir()
    # Also what is a folder on one side and none on the other.
    removed = 0
    for folder, names, files in os.walk(local, topdown=False):
        for name in names + files:
            path = Path(folder) / name
            folder_here = path.is_dir() and not path.is_symlink()
            if there.get(path.relative_to(local).as_posix()) is folder_here:
                continue
            if folder_here:
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
    done = await client.get(remote, local)
    print(f"{done.files_done} files, {done.files_done - done.unchanged} "
          f"fetched, {removed} removed", flush=True)


async def follow(client: fss.aio.Client, remote: fss.RemotePath,
                 local: Path) -> None:
    """Does so again whenever something changed below it."""
    async with client.events(["file", "presence"], listed=True) as news:
        # Presence comes first, as a list: from then on nothing is missed.
        await news.__anext__()
        await once(client, remote, local)
        owner = (await client.stat(remote)).owner
        async for n in news:
            if n.afresh or (n.kind is fss.NewsKind.FILE and
                            n.owner == owner):
                await once(client, remote, local)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--once", action="store_true")
    parser.add_argument("remote")
    parser.add_argument("local", type=Path)
    args = parser.parse_args()
    remote = fss.RemotePath(args.remote)
    args.local.mkdir(parents=True, exist_ok=True)
    async with fss.aio.Client() as client:
        await (once if args.once else follow)(client, remote, args.local)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except (fss.Error, OSError) as e:
        sys.exit(f"mirror.py: {e}")
    except KeyboardInterrupt:
        sys.exit(130)
