"""How donors are thanked: the texts, messages on their way, codes of gifts, and acknowledgements that are published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from aid.domain.mails import STANDING, MailState
from aid.models.base import Base, Permanent, kept_as

_STANDS = text("state IN ('{}')".format("', '".join(STANDING)))


class ThanksText(Permanent, Base):
    """One version of a text of thanks in a language. The latest is used."""

    __tablename__ = "thanks_text"
    __table_args__ = (UniqueConstraint("language", "n"), CheckConstraint("n >= 1", name="from_one"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(40))
    n: Mapped[int]  # the how-manieth version in this language
    own_name: Mapped[str]
    subject: Mapped[str]
    greeting: Mapped[str]
    unnamed: Mapped[str]
    body: Mapped[str]
    closing: Mapped[str]
    written_at: Mapped[datetime]
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class ThanksWords(Permanent, Base):
    """The fund's own text that somebody was thanked in; without such a row it was the text that Komek brings."""

    __tablename__ = "thanks_words"

    thanks_id: Mapped[UUID] = mapped_column(ForeignKey("thanks.id"), primary_key=True)
    text_id: Mapped[UUID] = mapped_column(ForeignKey("thanks_text.id"))


class ThanksMail(Permanent, Base):
    """A message that thanks for a donation. To whom it goes and what it says is nowhere but in the worker's parcel."""

    __tablename__ = "thanks_mail"
    __table_args__ = (
        UniqueConstraint("donation_id", "n"),
        CheckConstraint("n >= 1 AND corrections >= 0", name="counted"),
        Index(
            "ix_thanks_mail_standing", "donation_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS
        ),  # of two who press send at once, one finds this
    )
    mutable_columns = frozenset({"state"})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"))
    n: Mapped[int]  # the how-manieth of this donation
    corrections: Mapped[int]  # of the donation, when this was written: after another it is not true any more
    language: Mapped[str] = mapped_column(String(40))
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("thanks_text.id"))  # none: the text that Komek brings
    job_id: Mapped[UUID] = mapped_column(index=True)  # the batch; jobs are forgotten, this stays
    state: Mapped[MailState] = kept_as(MailState)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class MailStep(Permanent, Base):
    """What happened to such a message next, and in whose words: the mail server's, or the reason of who decided."""

    __tablename__ = "thanks_mail_step"
    __table_args__ = (
        CheckConstraint("n >= 1", name="from_one"),
        CheckConstraint(
            "state NOT IN ('accepted', 'reopened') OR (by_id IS NOT NULL AND words IS NOT NULL)",
            name="decided_by_somebody",
        ),
    )

    mail_id: Mapped[UUID] = mapped_column(ForeignKey("thanks_mail.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[MailState] = kept_as(MailState)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # none: the worker
    words: Mapped[str | None]


class GiftCode(Permanent, Base):
    """The private code of a gift, as a slow hash. The latest of a donation is the one that holds."""

    __tablename__ = "gift_code"
    __table_args__ = (UniqueConstraint("donation_id", "n"), CheckConstraint("n >= 1", name="from_one"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    donation_id: Mapped[UUID] = mapped_column(ForeignKey("donation.id"))
    n: Mapped[int]
    hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class PublishedThanks(Permanent, Base):
    """A donation acknowledged in public, with a line of the donor's own, or as a friend's.

    The line can be taken away for good: what stays is a hash that says nothing without its salt.
    """

    __tablename__ = "thanks_published"
    __table_args__ = (
        CheckConstraint("(line IS NULL) = (salt IS NULL)", name="line_has_salt"),
        CheckConstraint("line IS NULL OR line_hash IS NOT NULL", name="line_is_hashed"),
    )
    mutable_columns = frozenset({"line", "salt"})

    thanks_id: Mapped[UUID] = mapped_column(ForeignKey("thanks.id"), primary_key=True)
    line: Mapped[str | None]
    salt: Mapped[bytes | None]
    line_hash: Mapped[bytes | None]  # SHA-256 of salt and line; none for a friend


class UnnamedThanks(Permanent, Base):
    """A published acknowledgement lost its line, since its donor is never to be named from now on: it is a friend's."""

    __tablename__ = "thanks_unnamed"
    __table_args__ = (
        ForeignKeyConstraint(
            ["donor_id", "version"], ["donor_change.donor_id", "donor_change.version"], name="fk_thanks_unnamed_change"
        ),
    )

    thanks_id: Mapped[UUID] = mapped_column(ForeignKey("thanks_published.thanks_id"), primary_key=True)
    donor_id: Mapped[UUID]
    version: Mapped[int]


class UnpublishedThanks(Permanent, Base):
    """A published acknowledgement was taken off the page. The donor stays thanked."""

    __tablename__ = "thanks_unpublished"

    thanks_id: Mapped[UUID] = mapped_column(ForeignKey("thanks_published.thanks_id"), primary_key=True)
    reason: Mapped[str]
    taken_off_at: Mapped[datetime]
    taken_off_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
