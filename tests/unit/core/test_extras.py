import pytest

from luthier.core.errors import UserError
from luthier.core.extras import extra


def test_a_missing_library_is_told_with_the_command_that_brings_it():
    with pytest.raises(UserError, match=r"needs `no_such_library`.*pip install 'luthier\[clean\]'"):  # noqa: SIM117
        with extra("clean", "keep_language"):
            import no_such_library  # noqa: F401


def test_what_is_installed_is_imported():
    with extra("clean", "Anything"):
        import json
    assert json.loads("1") == 1
