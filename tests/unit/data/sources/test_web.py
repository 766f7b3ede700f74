import gzip
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from luthier.core.errors import UserError
from luthier.data import prepare as preparing
from luthier.data.open import open_source, read_rows
from luthier.data.prepare import prepare
from luthier.data.sources.web import Web
from luthier.data.web.store import web_folder
from tests.websites import CHINESE, OTHER_PROSE, PROSE, Handler, Reply, Site, html, serve


def web(site: Site, *paths: str, **options: Any) -> Web:
    return Web(url=tuple(site.url + path for path in paths), **{"pause": 0.0, **options})


def paths(source: Web, site: Site) -> list[str]:
    return [row.place.removeprefix(site.url) for row in source.rows()]


def test_an_address_alone_is_a_source() -> None:
    source = open_source("https://a.example/x")
    assert isinstance(source, Web)
    assert source.urls == ("https://a.example/x",)


def test_rows_are_pages_in_the_order_of_their_addresses(site: Site) -> None:
    for path in ("/b", "/a", "/c"):
        site.page(path, PROSE, title=path)
    rows = list(web(site, "/b", "/a", "/c").rows())
    assert [row.place for row in rows] == [f"{site.url}{path}" for path in ("/b", "/a", "/c")]
    assert [row.fields["title"] for row in rows] == ["/b", "/a", "/c"]


def test_hosts_that_are_visited_side_by_side_do_not_mix_up_the_order(site: Site) -> None:
    with serve() as other:
        for there in (site, other):
            for number in range(4):
                there.page(f"/{number}", PROSE)
        urls = tuple(f"{there.url}/{number}" for number in range(4) for there in (site, other))
        assert [row.place for row in Web(url=urls, pause=0).rows()] == list(urls)


def test_nothing_is_fetched_before_rows_are_needed(site: Site) -> None:
    web(site, "/a")
    assert site.asked == []


def test_pages_are_fetched_once_however_often_they_are_read(site: Site) -> None:
    site.page("/a", PROSE)
    source = web(site, "/a")
    assert list(source.rows()) == list(source.rows())
    assert site.asked == ["/robots.txt", "/a"]


def test_a_second_collection_is_sent_only_what_has_changed(site: Site) -> None:
    changing = iter([Reply(html(PROSE), headers={"ETag": "1"}), Reply(status=304)])
    site.replies["/same"] = lambda handler: next(changing)(handler)
    site.page("/new", PROSE)
    first = list(web(site, "/same", "/new", max_age=0).rows())
    site.page("/new", OTHER_PROSE)
    second = list(web(site, "/same", "/new", max_age=0).rows())
    assert second[0] == first[0]
    assert OTHER_PROSE in second[1].fields["text"]


def test_what_gave_no_row_is_told_with_the_reason(site: Site) -> None:
    site.page("/a", PROSE)
    site.replies["/empty"] = Reply("<html><body></body></html>")
    site.replies["/pdf"] = Reply("%PDF", headers={"Content-Type": "application/pdf"})
    site.replies["/again"] = Reply(status=301, headers={"Location": "/a"})
    paths = ("/a", "/empty", "/pdf", "/again", "/none")
    urls = (*(f"{site.url}{path}" for path in paths), "file:///etc/passwd")
    source = Web(url=urls, pause=0)
    said = " ".join(source.remarks())
    assert "1 row collected" in said
    assert "Documents: 3 fetched." in said
    assert "Nothing came of 5 pages: " in said
    for reason in (
        f"no main text in {site.url}/empty",
        f"its content type is application/pdf in {site.url}/pdf",
        f"a redirect to a page that is here already in {site.url}/again",
        f"status 404 in {site.url}/none",
        "its address begins neither with http:// nor with https:// in file:///etc/passwd",
    ):
        assert reason in said


def test_no_row_at_all_is_the_users_mistake(site: Site) -> None:
    with pytest.raises(UserError, match=f"{site.url}/a: no page gave a row: status 404"):
        list(web(site, "/a").rows())


def test_a_page_of_this_machine_is_refused() -> None:
    with serve() as site, pytest.raises(UserError, match="its host lies in a private network"):
        list(web(site, "/a").rows())


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UserError, match=r"^https://a\.example/: ") as caught:
        open_source("https://user:secret@a.example/")
    assert "secret" not in str(caught.value)


def test_addresses_may_stand_in_a_file(site: Site, tmp_path: Path) -> None:
    site.page("/a", PROSE)
    site.page("/b", PROSE)
    (tmp_path / "urls.txt").write_text(f"# two\n{site.url}/b\n\n {site.url}/a \n")
    source = Web(file=str(tmp_path / "urls.txt"), pause=0)
    assert paths(source, site) == ["/b", "/a"]


def test_a_source_without_an_address_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="no page is named"):
        list(Web().rows())


def linked(*targets: str) -> str:
    return html(PROSE, more="".join(f"<a href='{target}'>x</a>" for target in targets))


@pytest.fixture
def net(site: Site) -> Site:
    """/ -> /b, /a; /b -> /deep; and away."""
    away = ("http://else.example/", "/i.png", "mailto:x@y.example")
    site.replies["/"] = Reply(linked("/b", "/a#x", "/b", "/", *away))
    site.replies["/a"] = Reply(linked("/deep2"))
    site.replies["/b"] = Reply(linked("deep", "/a"))
    for path in ("/deep", "/deep2", "/about"):
        site.page(path, PROSE)
    site.replies["/deep"] = Reply(html(PROSE, more="<a href='/deeper'>x</a>"))
    return site


@pytest.mark.parametrize(
    ("depth", "expected"),
    [
        (0, ["/"]),
        (1, ["/", "/about", "/b", "/a"]),
        (2, ["/", "/about", "/b", "/a", "/deep", "/deep2"]),
    ],
)
def test_links_are_followed_level_by_level_within_the_site(
    net: Site, depth: int, expected: list[str]
) -> None:
    assert paths(web(net, "/", depth=depth), net) == expected
    assert "/i.png" not in net.asked


def test_following_ends_when_there_are_pages_enough_and_says_so(net: Site) -> None:
    source = web(net, "/", depth=5, max_pages=2)
    assert paths(source, net) == ["/", "/about"]
    assert "Links not followed because of `max_pages`" in " ".join(source.remarks())


def test_only_links_that_match_are_followed(net: Site) -> None:
    assert (
        paths(web(net, "/", depth=5, match="*/[bd]*"), net) == ["/", "/b", "/deep", "/deeper"][:3]
    )


def test_a_followed_link_that_leads_to_another_site_gives_no_row(net: Site) -> None:
    with serve() as other:
        other.page("/x", PROSE)
        net.replies["/b"] = Reply(status=302, headers={"Location": f"{other.url}/x"})
        source = web(net, "/", depth=1)
        assert paths(source, net) == ["/", "/about", "/a"]
        assert f"a redirect to another site in {net.url}/b" in " ".join(source.remarks())


def test_robots_txt_is_obeyed(net: Site) -> None:
    net.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /a")
    source = web(net, "/", depth=1)
    assert paths(source, net) == ["/", "/b"]
    assert "its site's robots.txt forbids it" in " ".join(source.remarks())


def test_chinese_pages_without_a_declared_charset_are_read(site: Site) -> None:
    body = f"<html><head><title>琴</title></head><body><p>{CHINESE}</p></body></html>"
    site.replies["/zh"] = Reply(
        gzip.compress(body.encode("gbk")), headers={"Content-Encoding": "gzip"}
    )
    (row,) = web(site, "/zh").rows()
    assert CHINESE in row.fields["text"]


def test_the_snapshot_is_a_file_that_any_recipe_can_name(site: Site) -> None:
    site.page("/a", PROSE)
    source = web(site, "/a")
    rows = [row.fields for row in source.rows()]
    (file,) = (web_folder() / "snapshots").iterdir()
    assert f"kept as web/snapshots/{file.name} in the cache" in source.remarks()[0]
    assert [row.fields for row in open_source(str(file)).rows()] == rows


def test_progress_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luthier.data.web.apart._TICK", 0.001)
    for number in range(5):
        site.page(f"/{number}", PROSE)
    told: list[tuple[str, int, int | None]] = []
    web(site, *(f"/{number}" for number in range(5))).collect(lambda *step: told.append(step))
    assert ("collect", 5, 5) in told
    assert [step for step in told if step[0] == "extract"][-1] == ("extract", 5, None)


def test_a_broken_off_collection_goes_on_where_it_was(site: Site) -> None:
    for number in range(4):
        site.page(f"/{number}", PROSE)

    def interrupt(stage: str, done: int, total: int | None) -> None:
        if done >= 2:
            raise KeyboardInterrupt

    waiting = threading.Event()
    site.replies["/2"] = lambda handler: waiting.wait(10) and None
    options = {"max_age": 0.0}
    with pytest.raises(KeyboardInterrupt):
        web(site, *(f"/{number}" for number in range(4)), **options).collect(interrupt)
    waiting.set()
    site.page("/2", OTHER_PROSE)
    assert len(list(web(site, *(f"/{number}" for number in range(4)), **options).rows())) == 4
    assert [site.times(f"/{number}") for number in range(4)] == [1, 1, 2, 1]


LIGHT = """
import sys
from luthier.core.registry import Menu
menu = Menu("luthier.data.sources")
for name in ("feed", "sitemap", "web"):
    menu.schema(name)
sys.exit(bool({"httpx2", "trafilatura", "feedparser", "protego"} & set(sys.modules)))
"""


def test_the_menu_is_listed_without_the_libraries_of_the_extra() -> None:
    assert subprocess.run([sys.executable, "-c", LIGHT], check=False).returncode == 0


LACKING = """
import sys
sys.modules["httpx2"] = None
from luthier.core.errors import UserError
from luthier.data.sources.web import Web
try:
    Web(url="https://a.example/").collect()
except UserError as error:
    print(error)
"""


def test_a_missing_library_is_told_with_what_to_install() -> None:
    found = subprocess.run(
        [sys.executable, "-c", LACKING], capture_output=True, text=True, check=False
    )
    assert "pip install 'luthier[collect]'" in found.stdout


KILLED = """
import sys
from luthier.data.sources.web import Web
list(Web(url=tuple(sys.argv[1:]), pause=0, max_age=0).rows())
"""


def test_a_killed_collection_goes_on_where_it_was(site: Site) -> None:
    waiting, reached = threading.Event(), threading.Event()

    def hang(handler: Handler) -> None:
        reached.set()
        waiting.wait(30)
        handler.close_connection = True

    site.page("/a", PROSE)
    site.replies["/b"] = hang
    urls = [f"{site.url}/a", f"{site.url}/b"]
    running = subprocess.Popen([sys.executable, "-c", KILLED, *urls], env=dict(os.environ))
    assert reached.wait(60)
    running.send_signal(signal.SIGKILL)
    running.wait()
    waiting.set()
    site.page("/b", OTHER_PROSE)
    assert paths(web(site, "/a", "/b", max_age=0), site) == ["/a", "/b"]
    assert site.times("/a") == 1


@pytest.fixture
def articles(site: Site) -> Site:
    for number in range(12):
        site.page(f"/{number}", f"Number {number * 7919}. {PROSE}", OTHER_PROSE[number:])
    return site


def test_a_dataset_is_made_of_pages(articles: Site, tmp_path: Path) -> None:
    urls = [f"{articles.url}/{number}" for number in range(12)]
    told: set[str] = set()
    recipe = {"data": {"source": {"web": {"url": urls, "pause": 0}}}}
    dataset = prepare(
        recipe, tmp_path / "out", check=False, on_progress=lambda stage, *_: told.add(stage)
    )
    assert dataset.report["rows"] == 12
    assert "web/snapshots/" in dataset.report["recognised"]
    assert "extract" in told
    assert preparing.PAGE in {path.name for path in (tmp_path / "out").iterdir()}
    assert all(articles.times(f"/{number}") == 1 for number in range(12))


def test_rows_of_the_web_are_plain_text(site: Site) -> None:
    site.page("/a", PROSE)
    reading = read_rows([{"web": {"url": f"{site.url}/a", "pause": 0}}], keep=["url"])
    assert reading.format == "plain_text"
    assert [row["url"] for row in reading.rows()] == [f"{site.url}/a"]
