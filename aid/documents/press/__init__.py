"""The only place that knows WeasyPrint and PDF: a page of our own becomes paper; nothing from elsewhere enters it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from aid.documents.press._libraries import by_own_names

with by_own_names():
    from weasyprint import HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).parents[2] / "static"
PRINTABLE = (STATIC / "fonts", STATIC / "css" / "print")
"""The folders a page may take fonts and styles from."""

KINDS = {".css": "text/css", ".ttf": "font/ttf"}

HERE = "https://static.invalid/"
"""Where a page's relative addresses point: a host that can't exist, answered from our own files."""


class NotOurs(Exception):
    """A page asked for something that is neither inside it nor ours. Nothing is printed."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a PDF, for programs to read: its name, what it is, and the moment it speaks of."""

    name: str
    content: bytes
    what: str
    at: datetime


def press(page: str, *, attached: Sequence[Attached] = ()) -> bytes:
    """Print an HTML page as tagged PDF: the same page gives the same bytes. Raises NotOurs."""
    return bind([page], attached=attached)


def bind(pages: Sequence[str], *, attached: Sequence[Attached] = ()) -> bytes:
    """Print several papers into one file, one after the other, each with page numbers of its own. Raises NotOurs."""
    files = OwnFiles()
    papers = [
        HTML(string=page, base_url=HERE, url_fetcher=files).render(font_config=FontConfiguration(), pdf_tags=True)
        for page in pages
    ]
    whole = papers[0].copy([page for paper in papers for page in paper.pages])
    pdf: bytes = whole.write_pdf(pdf_tags=True, attachments=[_attachment(each) for each in attached])
    if files.refused:  # what stands inside a picture is fetched last
        raise NotOurs(", ".join(files.refused))
    return pdf


def _attachment(attached: Attached) -> Attachment:
    """It bears the moment it speaks of, and not the one it was printed at."""
    return Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.what,
        created=attached.at,
        modified=attached.at,
        relationship="Data",
    )


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Fetches `data:` and our own print styles and fonts; refuses everything else, and keeps what it refused.

    WeasyPrint prints on without what it could not fetch; inside a picture it even swallows the error meant to stop it.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """What is at this address."""
        try:
            return self._own(url) if url.startswith(HERE) else super().fetch(url, headers)
        except (OSError, ValueError):
            self.refused.append(url)
            raise

    def _own(self, url: str) -> URLFetcherResponse:
        path = (STATIC / unquote(url.removeprefix(HERE))).resolve()
        if path.suffix not in KINDS or not any(path.is_relative_to(folder) for folder in PRINTABLE):
            raise ValueError(f"not a file to print with: {url}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": KINDS[path.suffix]})
