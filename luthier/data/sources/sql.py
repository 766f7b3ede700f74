"""The rows that a query finds in a database (SQLite, PostgreSQL, MySQL ...), through SQLAlchemy."""

import datetime
import os
import re
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, final
from urllib.parse import quote, unquote, urlsplit

from pydantic import AfterValidator, Field

from luthier.core.errors import UserError
from luthier.core.extras import extra
from luthier.core.secrets import unsecret
from luthier.data.parsing.faults import Faults
from luthier.data.source import Found, Source

_BATCH_ROWS = 1000
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_COLON = re.compile(r"(?<![:\w\\]):(?=\w)")
_AS_TEXT = (datetime.date, datetime.time, datetime.timedelta, Decimal, uuid.UUID)
_AS_THEY_ARE = (str, int, float, bool, list, dict)


def _without_secret(url: str) -> str:
    return unsecret(url, options=True)


@final
class Sql(Source):
    """The rows of a query; column names are those of the query. Nothing is written.

    The query runs in a transaction that is never committed; SQLite files are opened for reading
    only, PostgreSQL is told so. Rows come as a stream. Without ORDER BY their order is what the
    database makes it.

    Args:
        url: as SQLAlchemy has it, `sqlite:///mails.db`; `${NAME}` is an environment variable.
        query: what to ask, one statement: `select body as text, kind as label from mails`; not
            needed where there is one table.
    """

    def __init__(
        self,
        *,
        url: Annotated[
            str, Field(min_length=1, description="of SQLAlchemy"), AfterValidator(_without_secret)
        ],
        query: Annotated[
            str | None, Field(min_length=1, description="one SELECT; else the only table")
        ] = None,
    ):
        self.url = url
        self.query = query
        self._as_text: dict[str, str] = {}

    def rows(self) -> Iterator[Found]:
        """Run the query and read all rows; the 17th has the place `sqlite:///mails.db row 17`.

        Raises:
            UserError: there is no such database, driver or environment variable, the query fails,
                two columns have one name, or values are raw bytes.
        """
        url, secrets = _filled_in(self.url)
        raw = Faults("leave that column out of the query, or make it text there")
        found = None
        with _failures_told(self.url, secrets), _results(url, self.query) as (names, rows):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise UserError(f"{self.url}: two columns are called `{twice[0]}`. Use `as`.")
            for number, row in enumerate(rows, 1):
                place = f"{self.url} row {number}"
                found = dict(zip(names, map(self._plain, names, row), strict=True))
                odd = [n for n, value in found.items() if not _is_plain(value)]
                for name in odd:
                    raw.add(f"`{name}` is {type(found[name]).__name__}", place)
                if not raw:
                    yield Found(found, place)
        raw.tell_if_any()
        if found is None:
            raise UserError(f"{self.url}: the query finds no rows.")

    def remarks(self) -> list[str]:
        """Which columns of the rows read so far were made text."""
        return [f"`{name}` is {kind}, read as text." for name, kind in self._as_text.items()]

    def _plain(self, name: str, value: Any) -> Any:
        if isinstance(value, _AS_TEXT):
            self._as_text.setdefault(name, type(value).__name__)
            return str(value)
        return value


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, _AS_THEY_ARE)


def _filled_in(url: str) -> tuple[str, dict[str, str]]:
    """The URL with the values of its variables, and what may not be said of it, by its name."""
    values: dict[str, str] = {}
    for name in _VARIABLE.findall(url):
        if name not in os.environ:
            raise UserError(f"{url}: the environment variable {name} is not set. Set it.")
        values[name] = os.environ[name]
    whole = _VARIABLE.fullmatch(url) is not None
    # A password may hold what parts a URL; a whole URL is as it should be.
    filled = _VARIABLE.sub(lambda m: values[m[1]] if whole else quote(values[m[1]], safe=""), url)
    if password := urlsplit(filled).password:
        values["..."] = unquote(password)
    return filled, values


@contextmanager
def _results(url: str, query: str | None) -> Iterator[tuple[list[str], Iterator[Any]]]:
    """The names of the columns, and the rows as they come."""
    import sqlalchemy

    engine = _engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            if query is None:
                query = _only_table(engine)
            # A colon is no parameter here.
            statement = sqlalchemy.text(_COLON.sub(r"\\:", query))
            result = connection.execution_options(yield_per=_BATCH_ROWS).execute(statement)
            if not result.returns_rows:
                raise UserError("the query gives no rows; write a SELECT")
            yield list(result.keys()), iter(result)
    finally:
        engine.dispose()


def _engine(url: str) -> Any:
    import sqlalchemy

    parsed = sqlalchemy.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.NullPool)
    path = Path(parsed.database or "").expanduser()
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    return sqlalchemy.create_engine(
        "sqlite://", creator=lambda: _read_only(path), poolclass=sqlalchemy.NullPool
    )


def _read_only(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # for another file would be written
    return connection


def _only_table(engine: Any) -> str:
    import sqlalchemy

    tables = sqlalchemy.inspect(engine).get_table_names()
    if len(tables) != 1:
        listed = ", ".join(tables[:20]) or "none"
        raise UserError(f"name the `query`; the tables are: {listed}")
    return f"select * from {engine.dialect.identifier_preparer.quote(tables[0])}"


@contextmanager
def _failures_told(url: str, secrets: Mapping[str, str]) -> Iterator[None]:
    """What a database or its driver says, as a sentence, without what is secret."""
    with extra("collect", "Reading a database"):
        from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(
            f"{url}: the driver `{error.name}` is not installed. Install it with pip, or name "
            "another in the URL, as in `postgresql+psycopg://`."
        ) from None
    except (ArgumentError, DBAPIError, NoSuchModuleError, UserError) as error:
        said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        for name, value in secrets.items():
            said = said.replace(value, f"${{{name}}}")
        told = said if isinstance(error, UserError) and said.startswith(url) else f"{url}: {said}"
        raise UserError(f"{told.partition(chr(10))[0].rstrip('.')}.") from None
