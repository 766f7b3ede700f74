"""What every test may ask for: a tiny model, mails to learn from, no network, no user's cache."""

import os
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"  # tiny models on two workers: more threads only wait
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from luthier.core.errors import UserError
from luthier.core.sandbox import Sandbox
from tests.mails import write_mails
from tests.tiny import save_tiny_bert


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mails(tmp_path_factory.mktemp("mails") / "mails.csv")


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """Where programs are run; without one the test is skipped, but in CI it fails."""
    try:
        return Sandbox.find()
    except UserError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path_factory.mktemp("cache")))
