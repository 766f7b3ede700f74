"""Asynchronous work in a thread of its own, so that it can be watched and broken off."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")

_TICK = 0.2  # seconds


def run_apart(work: Coroutine[Any, Any, T], tick: Callable[[], None]) -> T:
    """Run a coroutine to its end and return what it returns.

    It runs in its own thread because the caller's may have an event loop already (a notebook's).
    Whatever is raised here meanwhile, Ctrl-C above all, cancels the work, waits until it has
    cleaned up, and is raised again.

    Args:
        work: what to do.
        tick: called here, in the caller's thread, a few times a second.
    """
    loop = asyncio.new_event_loop()
    thread = Thread(target=_turn, args=(loop,), name="luthier-web")
    thread.start()
    task = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        while not wait([task], _TICK).done:
            tick()
        return task.result()
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _turn(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
