"""Pages about colleagues and oneself: keys, passwords, who is cut off, shares of recovery, and help."""

from datetime import timedelta
from functools import cache

from sqlalchemy import update
from sqlalchemy.orm import Session

from aid.domain.languages import Language
from aid.domain.permissions import Role
from aid.extensions import db
from aid.extensions import now as this_moment
from aid.models.custody import Suspension
from aid.models.people import Person, SignIn
from aid.services.invitations import Colleague, invite_colleague
from aid.services.people import Invitation, prepare_invitation
from aid.services.recovery import NewSecret, prepare_secret
from aid.services.sign_ins import begin
from aid.vault.actor import Actor
from aid.vault.bundles import open_bundle
from aid.vault.cookies import SignInCookie
from tests.make import do, recovery
from tests.make.browser import Browser
from tests.make.fund import LEAST, FoundedFund, actor_with
from tests.make.pages.visits import Pages, Press, also, at, first, merged, sent
from tests.make.people import enrolled, invited, work

INVITED = "zhanar"
"""Has a first password, and nothing else yet."""


def pages_of_people(fund: FoundedFund) -> Pages:
    """By the handle of who opens them."""
    return merged(_colleagues(fund), _oneself(fund), _trouble(fund), _help())


def _colleagues(fund: FoundedFund) -> Pages:
    colleague = Colleague(INVITED, None, Language.KK, work(Role.AUDITOR))
    do(invite_colleague, actor=fund.administrator, invitation=_invitation(), colleague=colleague)
    person, newcomer = fund.actor("gulnar").person_id, enrolled(invited(fund, "kenzhe")).person_id
    return {
        INVITED: at("/enrol"),
        "erlan": [
            *at("/people", f"/people/{person}", f"/people/{person}/work", f"/people/{person}/begin-anew"),
            *at("/people/invite", "/people/waiting", f"/people/{newcomer}/admit", "/backups/"),
            *also(sent("/people/invite")),
            sent("/people/invite", Press(typed={"handle": "kamila", "language": "en", "roles": "auditor"})),
        ],
    }


def actor_of(fund: FoundedFund, handle: str) -> Actor:
    """A person with their keys; who was only invited, with those of the first password."""
    return actor_with(INVITED, _first_private()) if handle == INVITED else fund.actor(handle)


def cookie_of(fund: FoundedFund, handle: str) -> SignInCookie | None:
    """What is in this person's browser; nothing in a stranger's."""
    if handle != INVITED:
        return fund.sign_in(handle) if handle else None
    actor, cookie = actor_of(fund, handle), SignInCookie.new()
    public, private = first(Person.hpke_public, Person.handle == handle), cookie.seal_private(_first_private())
    do(begin, actor=actor, public=public, step=None, row_id=cookie.row_id, private=private)
    return cookie


def _first_private() -> bytes:
    invitation = _invitation()
    return open_bundle(invitation.bundle, invitation.password, invitation.person_id).hpke


@cache
def _invitation() -> Invitation:
    return prepare_invitation(INVITED, cost=LEAST)


def _oneself(fund: FoundedFund) -> Pages:
    make_draft(fund)
    return {
        "gulnar": [
            *at("/me", "/me/security", "/me/password", "/me/phone", "/me/codes", "/draft"),
            *also(sent("/me/password")),
            sent("/me/codes", {"present": fund.password("gulnar")}),
        ]
    }


def _trouble(fund: FoundedFund) -> Pages:
    person, suspended = fund.actor("gulnar").person_id, fund.actor("sanzhar").person_id
    exposed = first(Suspension.id)
    generation = make_shares_waiting(fund)
    return {
        "nurlan": at("/colleagues", f"/people/{person}/cut-off", "/lock"),
        "dina": [
            *at("/exposure", f"/exposure/{exposed}", "/re-seal"),
            *also("/people/waiting"),
            *at("/recovery/", "/recovery/new", f"/recovery/lost/{generation}/1"),
            *also(sent("/recovery/new", status=409)),
            *at(f"/people/{suspended}/reinstate"),
            sent(f"/people/{suspended}/reinstate", Press(button="keys=new")),
        ],
        "timur": at("/recovery/seal"),
        "saule": [
            *at("/recovery/mine", f"/recovery/mine/{generation}/2/confirm"),
            sent("/recovery/mine", Press(f"/{generation}/2/show")),
            *also(sent(f"/recovery/mine/{generation}/2/confirm", status=409)),
        ],
    }


def _help() -> Pages:
    return {"olga": [*at("/help/", "/help/coordinator"), *also(*(f"/help/{role}" for role in Role))]}


def make_draft(fund: FoundedFund) -> None:
    """A form that a confirmer sent after an hour in which nothing was done."""
    cookie = fund.sign_in("gulnar")
    browser = Browser(fund.app, cookie=cookie)
    page = browser.get("/families/")
    asleep = update(SignIn).where(SignIn.id == cookie.row_id)
    with Session(db.engine.execution_options(writes=True)) as session:
        session.execute(asleep.values(seen_at=this_moment().instant - timedelta(hours=1)))
        session.commit()
    browser.send(page, sought="Айгүл Серікова")


def make_shares_waiting(fund: FoundedFund) -> int:
    """New shares that nobody has put on paper yet; which generation they are."""
    holders = [fund.actor(handle) for handle in recovery.HOLDERS]
    return recovery.make_shares_confirmed(fund.coordinator, holders, secret_=_secret(), confirmed=0)


@cache
def _secret() -> NewSecret:
    return prepare_secret(threshold=recovery.THRESHOLD, count=len(recovery.HOLDERS))
