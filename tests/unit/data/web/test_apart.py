import asyncio
import threading

import pytest

from luthier.data.web.apart import run_apart
from tests.coroutines import run_apart as finish


def nothing() -> None:
    pass


async def threads() -> str:
    return threading.current_thread().name


def test_the_work_is_done_in_another_thread() -> None:
    assert run_apart(threads(), nothing) != threading.current_thread().name
    assert "luthier-web" not in {thread.name for thread in threading.enumerate()}


def test_it_runs_where_an_event_loop_runs_already() -> None:
    async def notebook() -> str:
        return run_apart(threads(), nothing)

    assert finish(notebook())


def test_what_the_work_raises_is_raised() -> None:
    async def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        run_apart(fail(), nothing)


def test_ctrl_c_breaks_the_work_off_and_lets_it_clean_up() -> None:
    cleaned: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_apart(work(), interrupt)
    assert cleaned == [True]
