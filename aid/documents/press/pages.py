"""Whole pages, laid out by WeasyPrint from our own files alone."""

from collections.abc import Sequence
from urllib.parse import unquote

from aid.documents.press import STATIC, Attached, NotOurs
from aid.documents.press._libraries import by_own_names

with by_own_names():
    from weasyprint import HTML, Attachment
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

PRINTABLE = (STATIC / "fonts", STATIC / "css" / "print")
"""The folders a page may take fonts and styles from."""

KINDS = {".css": "text/css", ".ttf": "font/ttf"}

HERE = "https://static.invalid/"
"""Where a page's relative addresses point: a host that can't exist, answered from our own files."""


def bind(pages: Sequence[str], *, attached: Sequence[Attached]) -> bytes:
    """Print several papers into one file, one after the other, each with page numbers of its own. Raises NotOurs."""
    files = OwnFiles()
    papers = [
        HTML(string=page, base_url=HERE, url_fetcher=files).render(font_config=FontConfiguration(), pdf_tags=True)
        for page in pages
    ]
    whole = papers[0].copy([page for paper in papers for page in paper.pages])
    pdf: bytes = whole.write_pdf(pdf_tags=True, attachments=[_attachment(each) for each in attached])
    files.refuse_others()  # what stands inside a picture is fetched last
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

    def refuse_others(self) -> None:
        """Raises NotOurs if the page asked for something else."""
        if self.refused:
            raise NotOurs(", ".join(self.refused))

    def _own(self, url: str) -> URLFetcherResponse:
        path = (STATIC / unquote(url.removeprefix(HERE))).resolve()
        if path.suffix not in KINDS or not any(path.is_relative_to(folder) for folder in PRINTABLE):
            raise ValueError(f"not a file to print with: {url}")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": KINDS[path.suffix]})
