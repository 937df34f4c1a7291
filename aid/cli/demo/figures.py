"""The sample fund's figures for donors: many small gifts in its first month, told to everybody some weeks later."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aid.cli.demo.money import Gift
from aid.cli.demo.people import key
from aid.documents.figures import figures_pdf
from aid.domain.donations import DonorKind
from aid.domain.figures import LEAST_DELAY
from aid.domain.figures.charts import drawn
from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.extensions import reading
from aid.perform import perform
from aid.queries.figures.preview import preview
from aid.services.figures import ReleaseOrder, choose, release

if TYPE_CHECKING:
    from aid.cli.demo.story import Story

NAMES = (
    *("Айгерим Досова", "Бауыржан Сейтов", "Светлана Ким", "Олег Марченко", "Дарига Нурланова", "Тимур Ахметов"),
    *("Hanna Lindqvist", "Marco Ferri", "Katarzyna Wrona", "Joost de Vries", "Claire Moreau", "Sean Doyle"),
    *("Гүлнәр Оспанова", "Серік Жұмабаев", "Наталья Орлова", "Ержан Төлеген", "Алия Бекова", "Пётр Савин"),
    *("Ingrid Berg", "Tomasz Lis", "Elif Demir", "Ana Silva"),
)
SUMS = (5_000_00, 12_000_00, 7_500_00, 20_000_00, 3_000_00)
FRIENDS: Sequence[Gift] = tuple(
    (("school", "general")[n % 2], SUMS[n % len(SUMS)], name, DonorKind.PERSON, Language.RU, "Ақтау")
    for n, name in enumerate(NAMES)
)
"""Eleven for school supplies, and as many for whatever is needed most: enough to be told of."""


def publish_figures(story: "Story") -> None:
    """The coordinator lets everybody read the figures, looks at what may be told, and releases it."""
    story.say("Releasing the first month's figures, which everybody may read")
    actor = story.the(Role.COORDINATOR).actor()
    perform(key(), choose, actor=actor, now=story.now, is_public=True, delay_days=LEAST_DELAY, seen=0)
    found = preview(reading(), actor=actor, now=story.now)
    papers = {language.value: figures_pdf(drawn(found.release), language) for language in Language}
    order = ReleaseOrder(sha256=found.sha256, papers=papers)
    number = perform(key(), release, actor=actor, now=story.now, order=order).number
    story.print(f"figures-{number}.pdf", papers[actor.language.value])
