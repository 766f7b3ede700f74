"""The annotation server on its port: one address, one secret, until Ctrl-C."""

import socket
from contextlib import suppress
from ipaddress import ip_address

import uvicorn

from luthier.annotating.application import application
from luthier.annotating.desk import Desk
from luthier.annotating.guard import is_address
from luthier.core.errors import UserError

LOOPBACK = "127.0.0.1"


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that is bound already, so that its port is known before anything is served.

    Args:
        host: a name or address of this machine.
        port: None: one that is free.

    Raises:
        UserError: the port is taken, or the host is not this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _refused(host, port, error) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _refused(host, port, error) from error
    return bound


def address_of(bound: socket.socket, host: str, token: str) -> str:
    """What to open in a browser."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound.getsockname()[1]}/{token}/"


def is_private(host: str) -> bool:
    """Whether only this machine can reach a server on that host."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def serve(desk: Desk, bound: socket.socket, host: str, token: str) -> None:
    """Answer requests until Ctrl-C; then finish those under way, two seconds at most."""
    names = frozenset({host, socket.gethostname()})
    config = uvicorn.Config(
        application(desk, token=token, names=names),
        log_config=None,
        access_log=False,  # its lines would hold the token
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    with suppress(KeyboardInterrupt):  # how it is meant to end
        uvicorn.Server(config).run(sockets=[bound])


def _refused(host: str, port: int | None, error: OSError) -> UserError:
    reason = error.strerror or str(error)
    return UserError(
        f"--host {host} --port {port or 'any'}: {reason}. Choose another port, or leave it out."
    )
