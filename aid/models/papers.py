"""How the fund's papers look, as its coordinators set it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.papers import PictureKind, VoucherFormat
from aid.models.base import Base, Permanent, kept_as


class PaperStyle(Permanent, Base):
    """One version of the look. The latest is used; before the first it is the founding titles."""

    __tablename__ = "paper_style"
    __table_args__ = (
        UniqueConstraint("version"),
        CheckConstraint("version >= 1", name="from_one"),
        CheckConstraint("(logo IS NULL) = (logo_kind IS NULL)", name="logo_has_kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    titles: Mapped[dict[str, str]]  # by language
    footers: Mapped[dict[str, str]]
    ink: Mapped[str] = mapped_column(String(7))  # "#0b4f50"
    line: Mapped[str] = mapped_column(String(7))
    logo: Mapped[bytes | None]  # as Komek made it anew: small, and without what a camera says of itself
    logo_kind: Mapped[PictureKind | None] = kept_as(PictureKind)
    format: Mapped[VoucherFormat] = kept_as(VoucherFormat)
    set_at: Mapped[datetime]
    set_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
