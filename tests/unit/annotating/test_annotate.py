import re
import signal
import subprocess
import sys
import urllib.request

import pytest

from luthier.annotating.annotate import Serving, annotate
from luthier.annotating.opening import Asking
from luthier.core.errors import UserError

RUN = """
import sys
from luthier.annotating.annotate import Serving, annotate
from luthier.annotating.opening import Asking
say = lambda line: print(line, flush=True)
annotate(Asking(source=sys.argv[1], task="text_classification"), Serving(annotator="Anna"), say)
say(f"torch: {'torch' in sys.modules}")
"""


@pytest.fixture
def mails_csv(tmp_path):
    (tmp_path / "mails.csv").write_text("text,label\na,spam\nb,ham\n")
    return str(tmp_path / "mails.csv")


def test_the_page_is_served_until_ctrl_c_and_loads_no_model(mails_csv):
    command = [sys.executable, "-c", RUN, mails_csv]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        told = [server.stdout.readline() for _ in range(3)]
        assert re.search(r"mails-annotations: 2 items, one label each, 0 answers so far\.", told[0])
        address = told[1].removeprefix("Open ").strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{22}/", address)
        with urllib.request.urlopen(address) as page:
            assert b"data-asked" in page.read()
        server.send_signal(signal.SIGINT)
        rest = server.stdout.read()
    assert re.search(r"^0 answers of 2 are in .*mails-annotations\.\ntorch: False$", rest)
    assert server.returncode == 0


def test_an_order_that_cannot_be_learnt_is_refused_before_anything_is_served(tmp_path):
    (tmp_path / "texts.csv").write_text("text\na b\nc d\n")
    asking = Asking(source=str(tmp_path / "texts.csv"), task="spans", labels=("PER",))
    with pytest.raises(UserError, match="--order uncertainty: a head for spans"):
        annotate(asking, Serving(order="uncertainty", model=str(tmp_path)))


def test_whoever_opens_the_page_to_others_is_told_so(mails_csv, monkeypatch):
    from luthier.annotating import serving

    monkeypatch.setattr(serving, "serve", lambda *_: None)
    told, opened = [], []
    how = Serving(host="0.0.0.0", open_browser=opened.append)
    annotate(Asking(source=mails_csv, task="text_classification"), how, told.append)
    assert any("nothing on the way is encrypted" in line for line in told)
    assert opened == [told[1].removeprefix("Open ")]
