from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier.core.errors import UserError
from luthier.models.e5s1 import Container
from tests.e5s1 import PIECES, SIZES, Parts, drawn, write_e5s1

NAMES = [piece.encode() for piece in PIECES]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_e5s1(tmp_path_factory.mktemp("e5s1") / "tiny.bin", drawn())


def test_every_weight_decodes_to_what_was_packed(file: Path) -> None:
    decoded = dict(Container(file).tensors())
    assert decoded.keys() == drawn().keys()
    assert all(np.array_equal(decoded[name], tensor) for name, tensor in drawn().items())


def test_weights_are_decoded_to_fp32(file: Path) -> None:
    assert {tensor.dtype for _, tensor in Container(file).tensors()} == {np.dtype(np.float32)}


def test_the_sizes_are_those_of_the_header(file: Path) -> None:
    assert Container(file).sizes == SIZES


def test_pieces_come_with_their_scores_and_special_ids(file: Path) -> None:
    pieces = Container(file).pieces
    assert pieces.texts == PIECES
    assert pieces.scores == Parts().scores
    assert (pieces.bos, pieces.eos, pieces.pad, pieces.unk) == (0, 2, 1, 3)


@pytest.mark.parametrize(
    "spoiled, words",
    [
        (Parts(magic=b"GGUF"), "no E5S1 file"),
        (Parts(version=2), "no E5S1 file"),
        (Parts(numbers=(32, 2, 5, 64, 20, 48, 2)), "make no model"),
        (Parts(numbers=(32, -1, 4, 64, 20, 48, 2)), "make no model"),
        (Parts(epsilon=float("nan")), "make no model"),
        (Parts(block=64), "blocks of 32"),
        (Parts(numbers=(48, 2, 4, 64, 20, 48, 2)), "blocks of 32"),
        (Parts(special=(0, 2, 1, 16)), "special tokens"),
        (Parts(special=(0, -1, 1, 3)), "special tokens"),
        (Parts(numbers=(32, 2, 4, 64, 15, 48, 2)), "or its embedding"),
        (Parts(scores=[float("inf")] * 16), "vocabulary is damaged"),
        (Parts(pieces=[*NAMES[:-1], b""]), "vocabulary is damaged"),
        (Parts(pieces=[*NAMES[:-1], b"\xff"]), "not UTF-8"),
        (Parts(pieces=[*NAMES[:-1], b"<s>"]), "a piece twice"),
        (Parts(numbers=(32, 3, 4, 64, 20, 48, 2)), "37 tensors"),
        (Parts(left_out="l1.oln.b"), "36 tensors"),
        (Parts(directory={"l0.q.b": (0, 31, 0, 124)}), r"l0.q.b is not of the size \(32,\)"),
        (Parts(directory={"l0.q.b": (2, 32, 0, 128)}), "not of the size"),
        (Parts(directory={"l0.q.b": (0, 32, 0, 99)}), "not of the size"),
        (Parts(directory={"l0.q.b": (0, 32, 0, 128)}), "inside another tensor"),
        (Parts(directory={"l0.q.b": (0, 32, 2**64 - 1, 128)}), "outside of the file"),
    ],
)
def test_a_spoiled_file_is_refused_with_what_is_wrong(
    spoiled: Parts, words: str, tmp_path: Path
) -> None:
    file = write_e5s1(tmp_path / "tiny.bin", drawn(), spoiled)
    with pytest.raises(UserError, match=f"^tiny.bin is damaged: .*{words}.*Fetch it again.$"):
        Container(file)


def test_sizes_far_larger_than_the_file_are_refused_before_they_are_made_room_for(
    tmp_path: Path,
) -> None:
    huge = Parts(numbers=(2**20, 2, 4, 2**20, 2**31 - 1, 2**31 - 1, 2))
    with pytest.raises(UserError, match=r"emb\.word is not of the size"):
        Container(write_e5s1(tmp_path / "tiny.bin", drawn(), huge))


def test_a_weight_that_is_no_number_is_refused_with_its_name(tmp_path: Path) -> None:
    file = write_e5s1(tmp_path / "tiny.bin", drawn(), Parts(scale=float("nan")))
    with pytest.raises(UserError, match=r"emb\.word holds what is no finite number"):
        list(Container(file).tensors())


def test_a_file_that_names_a_tensor_twice_lacks_another(tmp_path: Path) -> None:
    tensors = drawn()
    twice = {name.replace("l1.oln.b", "l1.oln.x"): tensor for name, tensor in tensors.items()}
    with pytest.raises(UserError, match=r"it lacks l1\.oln\.b"):
        Container(write_e5s1(tmp_path / "tiny.bin", twice))


@given(share=st.floats(0, 1, exclude_max=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_file_that_ends_early_is_refused(file: Path, tmp_path: Path, share: float) -> None:
    whole = file.read_bytes()
    short = tmp_path / "short.bin"
    short.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UserError, match="damaged"):
        Container(short)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_changed_byte_is_read_or_refused_but_never_crashes(
    file: Path, tmp_path: Path, data: st.DataObject
) -> None:
    content = bytearray(file.read_bytes())
    head = 1600  # beyond it are weights only
    content[data.draw(st.integers(0, head))] = data.draw(st.integers(0, 255))
    spoiled = tmp_path / "spoiled.bin"
    spoiled.write_bytes(content)
    with suppress(UserError):
        list(Container(spoiled).tensors())


def test_an_epsilon_is_told_as_it_was_meant(tmp_path: Path) -> None:
    parts = replace(Parts(), epsilon=1e-5)
    assert Container(write_e5s1(tmp_path / "tiny.bin", drawn(), parts)).sizes.epsilon == 1e-5
