"""The annotation server in this process, for a browser of the tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from luthier.annotating.application import application
from luthier.annotating.desk import Desk
from luthier.annotating.serving import listen

TOKEN = "the-token"


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Its address."""
    app = application(desk, token=TOKEN)
    with listen("127.0.0.1", None) as bound:
        config = uvicorn.Config(
            app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        bound.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}/{TOKEN}/"
        finally:
            server.should_exit = True
            thread.join()
