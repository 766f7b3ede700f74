import pytest

from luthier.core.config import read_recipe
from luthier.core.errors import RecipeError
from luthier.core.secrets import holds_secret


@pytest.mark.parametrize(
    "address",
    [
        *("mails.csv", "catalog:spam-mail", "sqlite:///a@b:c.db", "https://a.org/@me:x"),
        *("postgresql://me@host/db", "postgresql://me:${PW}@host:5432/db", "C:/mails@home.csv"),
        "https://a.org/?at=9:30@noon",
    ],
)
def test_an_address_without_a_password_holds_no_secret(address: str) -> None:
    assert not holds_secret(address)


@pytest.mark.parametrize(
    "address",
    ["sql:postgresql://me:pw@host/db", "https://me:pw@host/a", "x://me:p/w@host", "x://:pw@host"],
)
def test_a_password_is_a_secret(address: str) -> None:
    assert holds_secret(address)


def test_options_are_looked_at_where_they_are_a_databases() -> None:
    assert holds_secret("x://host/db?a=1&sslpassword=pw", options=True)
    assert not holds_secret("x://host/db?sslpassword=${PW}&keyword=a", options=True)


@pytest.mark.parametrize(
    "data",
    [
        {"source": "sql:x://me:hunter2@host/db"},
        {"source": ["a.csv", "sql:x://me:hunter2@host/db"]},
        {"source": "a.csv", "split": {"test": "sql:x://me:hunter2@host/db"}},
        {"source": "a.csv", "rehearse": {"source": "sql:x://me:hunter2@host/db"}},
        {"source": {"sql": {"url": "x://me:hunter2@host/db"}}},
    ],
)
def test_a_recipe_with_a_password_is_refused_and_the_password_not_repeated(
    data: dict[str, object],
) -> None:
    with pytest.raises(RecipeError, match="environment variable") as told:
        read_recipe({"task": "chat", "model": {"base": "x"}, "data": data})
    assert "hunter2" not in str(told.value)
