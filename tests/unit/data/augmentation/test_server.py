"""The client of OpenAI-compatible servers: keys, retries, errors."""

from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data.augmentation.server import ServedModel, Server
from luthier.data.lent import Writing
from tests.served import serving

WRITING = Writing(temperature=0.5, max_new_tokens=20)


def ask(prompts: list[str], url: str, **options: Any) -> list[str]:
    model = ServedModel(Server(url=url, **options), "m", WRITING)
    return model(prompts, list(range(len(prompts))))


def test_prompts_are_answered_in_their_order() -> None:
    with serving() as served:
        assert ask(["a b", "c d", "e f", "g h", "i j"], served.url, parallel=3) == [
            "b a",
            "d c",
            "f e",
            "h g",
            "j i",
        ]


def test_the_request_says_how_to_write() -> None:
    with serving() as served:
        ask(["a b"], served.url)
    told = {"model": "m", "temperature": 0.5, "max_tokens": 20, "seed": 0}
    assert {key: served.bodies[0][key] for key in told} == told


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    with serving() as served:
        ask(["a b"], served.url, key_from="MY_KEY")
    assert served.keys == ["Bearer sk-secret"]


def test_tokens_are_counted_as_the_server_does() -> None:
    with serving() as served:
        model = ServedModel(Server(url=served.url), "m", WRITING)
        model(["a", "b"], [1, 2])
    assert (model.usage.read, model.usage.written) == (20, 6)


def test_what_fails_for_a_moment_is_asked_again() -> None:
    told: list[str] = []

    def flaky(prompt: str) -> tuple[int, str]:
        told.append(prompt)
        return (503, "busy") if len(told) < 3 else (200, "well")

    with serving(flaky) as served:
        assert ask(["a"], served.url, retries=4) == ["well"]
    assert len(told) == 3


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "Is the key in OPENAI_API_KEY right"), (404, "does the address end in /v1")],
)
def test_a_refusal_is_told_with_its_remedy_and_without_the_key(
    status: int, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with (
        serving(lambda prompt: (status, "wrong key sk-secret")) as served,
        pytest.raises(UserError, match=f"(?i){remedy}") as told,
    ):
        ask(["a"], served.url)
    assert "sk-secret" not in str(told.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="Is it running"):
        ask(["a"], "http://127.0.0.1:9/v1", retries=0)


def test_without_a_key_no_server_elsewhere_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match="OPENAI_API_KEY is not set"):
        ask(["a"], "https://example.org/v1")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://example.org/v1", "unencrypted"),
        ("https://me:secret@example.org/v1", "holds a name or a password"),
        ("example.org/v1", "is no address"),
        ("file:///etc/passwd", "is no address"),
    ],
)
def test_an_address_that_gives_the_key_away_is_refused(
    url: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with pytest.raises(UserError, match=told) as raised:
        ask(["a"], url)
    assert "secret@" not in str(raised.value)


def test_what_it_costs_is_known_where_prices_are() -> None:
    server = Server(url="http://localhost", price_in=2.0, price_out=10.0)
    assert server.price(1_000_000, 100_000) == 3.0
    assert Server(url="http://localhost", price_in=2.0).price(1, 1) is None
