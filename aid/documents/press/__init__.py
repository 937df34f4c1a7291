"""The only place that knows WeasyPrint and PDF: a page of our own becomes paper; nothing from elsewhere enters it."""

from pathlib import Path
from urllib.parse import unquote

from weasyprint import HTML
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


def press(page: str) -> bytes:
    """Print an HTML page as tagged PDF: the same page gives the same bytes. Raises NotOurs."""
    files = OwnFiles()
    document = HTML(string=page, base_url=HERE, url_fetcher=files)
    pdf: bytes = document.write_pdf(font_config=FontConfiguration(), pdf_tags=True)
    if files.refused:
        raise NotOurs(", ".join(files.refused))
    return pdf


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
