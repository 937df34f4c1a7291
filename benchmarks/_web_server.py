"""The server that is measured: Komek as `./aid.sh run` serves it, and beside it a route that does the least.

`python -m benchmarks._web_server PORT DATA WORKERS`. Both go through one gunicorn and one engine; what each request
took of this process is told at /measured. A request that says `X-Dawdle` is slowed by so many seconds: the self-test.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from flask import Flask, redirect, request
from sqlalchemy import Engine, ForeignKey, String, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.wrappers import Response

from aid import create_app, logs
from aid.cli.run import Server
from aid.extensions import db
from config import Config

BARE = "/bare/families"
BARE_COLLECTION = "/bare/collections"
MEASURED = "/measured"

Answer: TypeAlias = Iterable[bytes]
Wsgi: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Answer]


class PlainBase(DeclarativeBase):
    """Tables of the least that could be written of a family."""


class PlainFamily(PlainBase):
    """A family in the clear."""

    __tablename__ = "bench_family"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(200))


class PlainMember(PlainBase):
    """One of its five people."""

    __tablename__ = "bench_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("bench_family.id"))
    name: Mapped[str] = mapped_column(String(200))
    born: Mapped[str] = mapped_column(String(20))


class PlainVoucher(PlainBase):
    """A voucher in the clear."""

    __tablename__ = "bench_voucher"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    times: Mapped[int]


def bare_app(engine: Engine) -> Flask:
    """A Flask app with two routes: one commits six plain rows, one a single guarded update."""
    app = Flask("bare")

    @app.post(BARE_COLLECTION)
    def collect() -> Response:
        with Session(engine.execution_options(writes=True)) as session:
            open_ = (PlainVoucher.code == "the one") & (PlainVoucher.state == "printed")
            taken = update(PlainVoucher).where(open_).values(times=PlainVoucher.times + 1)
            session.execute(taken.execution_options(synchronize_session=False))
            session.commit()
        return redirect(f"{BARE_COLLECTION}/{request.form['code']}")

    @app.post(BARE)
    def register() -> Response:
        typed = request.form
        with Session(engine.execution_options(writes=True)) as session:
            family = PlainFamily(phone=typed["phone"], address=typed["address"])
            session.add(family)
            session.flush()
            session.add_all(
                PlainMember(
                    family_id=family.id, name=typed[f"members-{place}-name"], born=typed[f"members-{place}-born"]
                )
                for place in range(5)
            )
            session.commit()
        return redirect(BARE)

    return app


class Meter:
    """Notes how much of the processor each request took, from its first line to its close."""

    def __init__(self, komek: Wsgi, bare: Wsgi) -> None:
        self.komek = komek
        self.bare = bare
        self.taken: list[float] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Answer:
        if environ["PATH_INFO"] == MEASURED:
            told, self.taken = json.dumps(self.taken).encode(), []
            start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(told)))])
            return [told]
        return self._measured(environ, start)

    def _measured(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        begun = time.process_time()
        dawdle(float(environ.get("HTTP_X_DAWDLE", 0)))
        wsgi = self.bare if environ["PATH_INFO"] in (BARE, BARE_COLLECTION) else self.komek
        answer = wsgi(environ, start)
        try:
            yield from answer
        finally:
            if close := getattr(answer, "close", None):
                close()
            self.taken.append(time.process_time() - begun)


def dawdle(seconds: float) -> None:
    """Work for nothing."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1_000))


class MeasuredServer(Server):
    """Komek's own server, with the meter around what it serves."""

    def __init__(self, app: Flask, *, port: int, workers: int) -> None:
        self.workers = workers
        super().__init__(app, port=port)

    def load_config(self) -> None:
        """As Komek is served, but for the number of processes: one, where each request is measured."""
        super().load_config()
        self.cfg.set("workers", self.workers)

    def load(self) -> Wsgi:  # type: ignore[override]
        """What is served."""
        with self.app.app_context():
            return Meter(self.app, bare_app(db.engine))


def main(port: int, data: Path, workers: int) -> None:
    app = create_app(Config(data=data))
    with app.app_context():
        PlainBase.metadata.create_all(db.engine)
        with db.engine.execution_options(writes=True).begin() as connection:
            there = connection.execute(select(PlainVoucher.code)).first()
            if there is None:
                connection.execute(insert(PlainVoucher).values(code="the one", state="printed", times=0))
        db.session.remove()
        db.engine.dispose()
        logs.take_over()
        MeasuredServer(app, port=port, workers=workers).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
