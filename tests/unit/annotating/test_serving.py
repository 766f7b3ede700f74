import socket

import pytest

from luthier.annotating.serving import address_of, is_private, listen
from luthier.core.errors import UserError


def test_a_free_port_is_found_and_told():
    with listen("127.0.0.1", None) as bound:
        port = bound.getsockname()[1]
        assert address_of(bound, "127.0.0.1", "token") == f"http://127.0.0.1:{port}/token/"


def test_an_address_of_the_new_protocol_is_put_in_brackets():
    with listen("127.0.0.1", None) as bound:
        assert address_of(bound, "::1", "token").startswith("http://[::1]:")


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"--host 127.0.0.1 --port {port}: "):
            listen("127.0.0.1", port)


def test_a_host_that_is_not_this_machine_is_refused():
    with pytest.raises(UserError, match=r"--host 203\.0\.113\.1 --port any: "):
        listen("203.0.113.1", None)


@pytest.mark.parametrize(
    ("host", "private"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("box", False)],
)
def test_which_hosts_others_can_reach(host, private):
    assert is_private(host) == private
