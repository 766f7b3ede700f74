import datetime
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError

from luthier.core.errors import UserError
from luthier.data.open import SOURCES, open_source
from luthier.data.prepare import prepare
from luthier.data.sources import sql
from luthier.data.sources.sql import Sql

URL = "sqlite:///mails.db"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    monkeypatch.chdir(tmp_path)
    connection = sqlite3.connect("mails.db")
    connection.execute("create table mails (body, kind, weight)")
    rows = [(f"mail {n}", "ham" if n % 2 else "spam", n / 2) for n in range(40)]
    connection.executemany("insert into mails values (?, ?, ?)", rows)
    connection.commit()
    return connection


def ask(query: str | None, url: str = URL) -> list[dict[str, Any]]:
    return [row.fields for row in Sql(url=url, query=query).rows()]


def test_a_query_gives_rows_under_its_own_names() -> None:
    found = list(Sql(url=URL, query="select body as text, kind as label from mails").rows())
    assert len(found) == 40
    assert found[1].fields == {"text": "mail 1", "label": "ham"}
    assert found[1].place == f"{URL} row 2"


def test_without_a_query_the_only_table_is_read() -> None:
    rows = [row.fields for row in open_source(f"sql:{URL}").rows()]
    assert rows[3] == {"body": "mail 3", "kind": "ham", "weight": 1.5}


def test_without_a_query_several_tables_are_told(database: sqlite3.Connection) -> None:
    database.execute("create table other (a)")
    with pytest.raises(UserError, match="name the `query`; the tables are: mails, other"):
        ask(None)


def test_more_rows_than_a_batch_are_read() -> None:
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000) "
    assert [row["i"] for row in ask(numbers + "select i from n")] == list(range(1, 3001))


def test_colons_and_percent_signs_are_text() -> None:
    query = "select body from mails where body like '%:x' or body = 'mail 1' or ':a' = '::b'"
    assert ask(query) == [{"body": "mail 1"}]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("delete from mails", "readonly database"),
        ("attach 'other.db' as other", "attached"),
        ("select 1; delete from mails", "one statement at a time"),
        ("selekt", "syntax error"),
        ("select body from mails where 0", "finds no rows"),
        ("select 1 as a, 2 as a", "two columns are called `a`"),
        ("select x'00' as text", "`text` is bytes in sqlite:///mails.db row 1: leave that"),
    ],
)
def test_what_a_query_may_not_do_is_told_with_the_place(query: str, why: str) -> None:
    with pytest.raises(UserError, match=rf"{why}.*\.$") as told:
        ask(query)
    assert URL in str(told.value)
    assert not Path("other.db").exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite:///mail.db", "no such file: mail.db"),
        ("nonsense", "Could not parse"),
        ("nosql://host/db", "plugin"),
        ("oracle://host/db", "driver `[a-z_]+` is not installed"),
        ("${LUTHIER_NO_SUCH}", "environment variable LUTHIER_NO_SUCH is not set"),
    ],
)
def test_a_database_that_is_not_there_is_told(url: str, why: str) -> None:
    with pytest.raises(UserError, match=why):
        ask("select 1", url)


def test_a_missing_file_is_not_made() -> None:
    with pytest.raises(UserError):
        ask("select 1", "sqlite:///mail.db")
    assert not Path("mail.db").exists()


def test_dates_and_decimals_are_read_as_text_and_told() -> None:
    source = Sql(url=URL, query="select 1")
    assert source._plain("a", datetime.date(2026, 1, 5)) == "2026-01-05"
    assert source._plain("b", Decimal("1.50")) == "1.50"
    assert source.remarks() == ["`a` is date, read as text.", "`b` is Decimal, read as text."]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@host/db",
        "postgresql://me@host/db?password=hunter2",
        "postgresql://me:hun/ter2@host/db",
        "mysql+pymysql://me:hunter2${X}@host/db",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UserError, match="put the secret into an environment variable") as told:
        open_source({"sql": {"url": url, "query": "select 1"}})
    assert "ter2" not in str(told.value)


def test_the_menu_takes_the_name_of_a_variable() -> None:
    url = "postgresql://me:${DB_PASSWORD}@host/db?sslpassword=${OTHER}"
    try:
        SOURCES.resolve({"sql": {"url": url, "query": "select 1"}})
    except ValidationError as error:
        pytest.fail(str(error))


def test_a_secret_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "postgresql://me:hunter%202@host/db")

    def fail(url: str) -> None:
        raise ArgumentError(f"cannot reach {url} with 'hunter 2'")

    monkeypatch.setattr(sql, "_engine", fail)
    with pytest.raises(UserError, match=r"^\$\{DB\}: cannot reach \$\{DB\} with") as told:
        ask("select 1", "${DB}")
    assert "hunter" not in str(told.value)


def test_a_secret_is_in_no_file_of_the_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mails.db").rename("hunter2.db")
    monkeypatch.setenv("DB", "sqlite:///hunter2.db")
    query = "select body as text, kind as label from mails"
    prepare({"data": {"source": {"sql": {"url": "${DB}", "query": query}}}}, "out")
    files = [path for path in Path("out").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"hunter2" in path.read_bytes()]
