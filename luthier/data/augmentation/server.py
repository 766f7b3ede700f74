"""A model behind an OpenAI-compatible server: asked in parallel, with retries, at a price."""

import ipaddress
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from luthier.core.errors import UserError
from luthier.core.extras import extra
from luthier.data.lent import Writing

MILLION = 1_000_000
_SHOWN = 200


class Server(BaseModel):
    """Where it is and what it may cost. The key is in the environment, never in a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="its address, up to /v1: http://localhost:8000/v1")
    key_from: str = Field("OPENAI_API_KEY", description="environment variable that holds the key")
    price_in: float | None = Field(None, ge=0, description="of a million tokens that it reads")
    price_out: float | None = Field(None, ge=0, description="of a million tokens that it writes")
    max_requests: int = Field(1000, ge=1, description="more are refused before the first")
    parallel: int = Field(4, ge=1, le=64, description="requests at a time")
    timeout: float = Field(60, gt=0, description="seconds for an answer")
    retries: int = Field(4, ge=0, description="of what failed for a moment, ever later")

    def price(self, tokens_in: int, tokens_out: int) -> float | None:
        """What so many tokens cost; None where prices are not given."""
        if self.price_in is None or self.price_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / MILLION


@dataclass(slots=True)
class Usage:
    """Tokens as the server counted them."""

    read: int = 0
    written: int = 0


@final
class ServedModel:
    """Prompts to texts by way of `chat/completions`.

    Raises:
        UserError: the `openai` client is not installed, there is no key, or it would be sent over
            the network for everyone to read.
    """

    def __init__(self, server: Server, model: str, writing: Writing):
        self._server, self._model, self._writing = server, model, writing
        self.usage = Usage()
        self._lock = Lock()
        self._key = _key(server)
        with extra("augment", "A model behind a server"):
            import openai
        self._openai = openai
        self._client = openai.OpenAI(
            base_url=server.url,
            api_key=self._key,
            timeout=server.timeout,
            max_retries=server.retries,
        )

    @property
    def identity(self) -> str:
        """The server's address, the model's name, and how it writes."""
        writing = self._writing
        told = (self._server.url, self._model, writing.temperature, writing.max_new_tokens)
        return " ".join(map(str, told))

    def __call__(self, prompts: Sequence[str], seeds: Sequence[int]) -> list[str]:
        """One text for each prompt; empty where the model wrote none.

        Raises:
            UserError: the server refuses, or cannot be reached, also after retries.
        """
        with ThreadPoolExecutor(self._server.parallel) as pool:
            return list(pool.map(self._ask, prompts, seeds))

    def _ask(self, prompt: str, seed: int) -> str:
        try:
            found = self._client.chat.completions.create(
                model=self._model,
                messages=[{"role": "user", "content": prompt}],
                temperature=self._writing.temperature,
                max_tokens=self._writing.max_new_tokens,
                seed=seed % 2**31,
            )
        except self._openai.OpenAIError as error:
            raise UserError(self._told(error)) from None
        self._count(found.usage)
        return (found.choices[0].message.content or "") if found.choices else ""

    def _count(self, usage: Any) -> None:
        if usage is not None:
            with self._lock:
                self.usage.read += usage.prompt_tokens
                self.usage.written += usage.completion_tokens

    def _told(self, error: Exception) -> str:
        said = " ".join(str(error).split()).replace(self._key, "***")[:_SHOWN].rstrip(".")
        remedy = {
            401: f"Is the key in {self._server.key_from} right?",
            404: "Does it have this model, and does the address end in /v1?",
            429: "Wait a while, or lower `parallel`.",
        }.get(getattr(error, "status_code", 0), "Is it running?")
        return f"{self._server.url}: {said}. {remedy} What was answered so far is kept."


def _key(server: Server) -> str:
    address = urlsplit(server.url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise UserError(f"server.url: {server.url} is no address such as http://localhost:8000/v1.")
    if address.password or address.username:
        raise UserError(
            f"server.url: holds a name or a password, and recipes are shown to others. Put the key "
            f"into the environment variable {server.key_from}."
        )
    key = os.environ.get(server.key_from)
    if _is_here(address.hostname):
        return key or "none"
    if not key:
        raise UserError(
            f"server.key_from: the environment variable {server.key_from} is not set. Put the "
            "server's key there."
        )
    if address.scheme == "http":
        raise UserError(f"server.url: {server.url} would send the key unencrypted. Use https.")
    return key


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
