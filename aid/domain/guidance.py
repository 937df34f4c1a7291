"""What each role does, in which order, and what nobody ever does: the guidance that people read and print."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aid.domain.permissions import Role
from aid.domain.words import Message, _


@dataclass(frozen=True, slots=True)
class Guide:
    """One role on one page."""

    what: Message
    steps: tuple[Message, ...]
    never: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that happens, and what to do at once."""

    what: Message
    do: tuple[Message, ...]


GUIDES: Mapping[Role, Guide] = MappingProxyType(
    {
        Role.REGISTRAR: Guide(
            what=_("You write families down, so that nobody in need is missing and nobody is there twice."),
            steps=(
                _("Search first: by name, by phone or by the family’s code. Perhaps it is here already."),
                _("Sit down with the family. Read them aloud what happens to their words, and ask whether they agree."),
                _("Write who lives in the household, the children with birth year and grade, and what happened."),
                _("Ask who may collect the aid. Agree on a check word that only they and you know."),
                _("Save. Tell the family its code and let them write it down; it says nothing to strangers."),
                _("Somebody else confirms the family. Until then it gets no aid."),
                _("A child is born, somebody comes, goes or dies: open the file for that. It is confirmed anew."),
                _("A list of a union comes in under “Families”: see what becomes of it, then delete the file."),
                _("A family asks why: read it the reasons. If it objects, write it down, and say when it is answered."),
            ),
            never=(
                _("Never promise aid. The committee decides."),
                _("Never keep a list of families on paper or in your own phone."),
                _("Never open a family that you have no work with. Each look is written down with your name."),
            ),
        ),
        Role.CONFIRMER: Guide(
            what=_("You are the second pair of eyes: money follows your word that a family is real."),
            steps=(
                _("Open the family that has waited longest, under “Confirm families”."),
                _("Speak with them yourself, or with two neighbours who know them. Compare what is written."),
                _("If it is right, confirm. If something is wrong, ask the registrar to correct it first."),
                _("If there is no such family, do not confirm it, and tell a coordinator the same day."),
            ),
            never=(
                _("Never confirm from your desk, or because somebody asks you to hurry."),
                _("Never confirm your own relatives: let a colleague do it."),
                _("Never tell anybody which families you visit."),
            ),
        ),
        Role.COORDINATOR: Guide(
            what=_(
                "You keep the whole going: programmes, proposals, printing, people. You decide nothing about money."
            ),
            steps=(
                _("Look at Today each morning. What is red has waited too long."),
                _("Write a programme: who is due what, from which money. Read its sentence aloud before you save."),
                _("Before you put a round to the committee, look at who gets what and who gets nothing."),
                _("When the committee has agreed and the notice is over, print the vouchers, point by point."),
                _("Hand the sheets over with a list, under “Piles of papers”. Let them be counted before you part."),
                _("Look which vouchers expired: every night their money goes back. Ask why nobody came."),
                _("Answer each objection by its day, in the family’s language. The committee may be asked once more."),
                _("Goods that arrive are counted by who keeps the point. What is lost is written off by two people."),
                _("Where a donation is to be corrected downward, see the bank’s lines yourself before you agree."),
                _("Give newcomers their keys, after you compared the fingerprint by voice."),
            ),
            never=(
                _("Never print before the notice is over, and never more than is collected soon."),
                _("Never send vouchers or lists by messenger or e-mail."),
                _("Never press a member of the committee for a vote."),
            ),
        ),
        Role.TREASURER: Guide(
            what=_("You book what comes and what goes, so that every tenge can be followed from donor to family."),
            steps=(
                _("Compare with the bank each day. Record each donation with its amount, day and purpose."),
                _("Look first whether the donor gave before: one donor, one address."),
                _("Thank for each donation. A letter that was printed is posted the same week."),
                _("Book money on its way, exchanged or paid only from the bank’s own papers."),
                _("Look at Money once a week. A figure in red means that something was not booked."),
                _("At the end of a month compare every account with its statement, then close the month."),
            ),
            never=(
                _("Never change a booked entry: correct it by a new one that says what it corrects."),
                _("Never spend money given for one purpose on another."),
                _("Never speak about donors with anybody outside, and not about sums on the phone."),
            ),
        ),
        Role.COMMITTEE_MEMBER: Guide(
            what=_("You decide. Nothing is spent unless enough of you say yes, each with your own key."),
            steps=(
                _("Open what waits for your vote. See the sum, the rule, and who gets nothing and why."),
                _("Open a few lines and read what they rest on. Families stand there by code only."),
                _("Ask about a line that you do not understand, before you vote. The registrar answers."),
                _("If it concerns your own people, step out: that counts neither as yes nor as no."),
                _("Type your password to sign. Check that the record that is printed later shows your vote."),
                _("Answer at a meeting what families take to you: you see their code and need, and no name."),
                _("Before somebody joins the committee, compare their fingerprint by voice."),
            ),
            never=(
                _("Never vote under pressure. Press the emergency stop; it needs no reason."),
                _("Never give your password or your phone to anybody, not to a colleague either."),
                _("Never ask who stands behind a code."),
            ),
        ),
        Role.DISTRIBUTOR: Guide(
            what=_("You hand out. A voucher works once, at your point, until its last day."),
            steps=(
                _("At the start choose your six digits. They lock the page when you look away."),
                _("Count the papers that you receive, and write down under “Piles of papers” how many there were."),
                _("Scan the voucher or type its digits."),
                _("Green: ask for the collector’s name and the check word, hand out, and press the button."),
                _("Red: hand out nothing. Say what the page says, and where the family can ask."),
                _("When money or goods arrive, count them yourself. Write what is there, not what should be."),
                _("Hand out goods even if the books have too few, as long as they lie there; then count them."),
                _("At the end count what is left and compare it with the page of today’s collections."),
                _("Vouchers and papers that remain go back to the coordinator the same evening."),
            ),
            never=(
                _("Never hand out without the green page, whoever asks."),
                _("Never photograph a voucher, a queue or a family, and let nobody else do it."),
                _("Never leave the phone or the sheets alone on the table."),
            ),
        ),
        Role.ADMINISTRATOR: Guide(
            what=_("You let people in and keep the server running. You open no family and move no money."),
            steps=(
                _("Invite a person only after a coordinator asked you to, face to face."),
                _("Give the first password on paper, by hand. It works once."),
                _("Roles that may not meet in one person are refused: do not look for a way around."),
                _("Each morning look whether last night’s backup is there and was copied to the second place."),
                _("Try once a month to restore a backup, into an empty place."),
            ),
            never=(
                _("Never make an account for somebody you have not met."),
                _("Never let two people share one account."),
                _("Never keep backups and recovery shares in the same house."),
            ),
        ),
        Role.AUDITOR: Guide(
            what=_("You check that what was decided was paid, and that what was paid was decided. You change nothing."),
            steps=(
                _("Read the audit trail from where you stopped last time."),
                _("Write down the last hash and the day, and keep that paper: the past can’t be changed unseen then."),
                _("Take some vouchers and follow each: from the vote to the handing out to the entry in the books."),
                _("Compare each account with its bank statement, and the sums with those of the treasurer."),
                _("Tell the committee what does not agree, in writing, and by number and code only."),
            ),
            never=(
                _("Never ask for names. Codes are enough to check everything."),
                _("Never check what you worked on yourself."),
                _("Never keep copies of records longer than the check takes."),
            ),
        ),
    }
)
"""By role. In the order in which the work is done."""

FOR_EVERYBODY: tuple[Message, ...] = (
    _("Take no photograph of the screen, of a voucher or of a family. A photograph stays in the phone for years."),
    _("Write no name beside a code, on any paper."),
    _("Send nothing about families by messenger, e-mail or SMS. Say it face to face, or by code."),
    _("Let the phone lock after a minute, with six digits. Not by finger or face: these can be forced."),
    _("Sign out before you put the phone away, and before a checkpoint."),
    _("Tell your password and the codes on your phone to nobody. Nobody of the fund will ever ask for them."),
    _("Burn or shred papers that are not needed any more, the same day."),
)
"""What holds for everybody."""

TROUBLES: tuple[Trouble, ...] = (
    Trouble(
        what=_("A colleague was arrested, or is under pressure"),
        do=(
            _("Open “Arrest or raid” in the menu or at the foot of any page, choose them and cut them off. Do it now."),
            _("A mistake can be undone; a lost hour can not. You need nobody’s permission."),
            _("Then call a coordinator. The families that were open to the account are warned, from top to bottom."),
        ),
    ),
    Trouble(
        what=_("You are arrested yourself"),
        do=(
            _("You can’t open what you have no keys for, and neither can they: your account is cut off by others."),
            _("Say that you want a lawyer. You need not explain how this works to anybody."),
            _("If you can reach one colleague, one word is enough: they cut you off, and nobody blames you."),
        ),
    ),
    Trouble(
        what=_("Your phone is lost or was taken"),
        do=(
            _("Ask any colleague to cut you off at once. It takes them a minute."),
            _("With a new phone sign in by a one-time code from your paper, and then take the new phone into use."),
            _("No paper either? An administrator lets you begin anew, and a colleague gives you your keys again."),
        ),
    ),
    Trouble(
        what=_("You forgot your password, or a sign-in is refused"),
        do=(
            _("After several wrong tries the page makes you wait. Wait; trying on makes it longer."),
            _("Nobody can look a password up. An administrator lets you begin anew with a first password."),
        ),
    ),
    Trouble(
        what=_("The page is locked and asks for six digits"),
        do=(
            _("Nobody touched it for a while. Type your digits and go on where you were."),
            _("After too many wrong digits you sign in again with password and phone. What you typed is kept."),
        ),
    ),
    Trouble(
        what=_("There is a raid, or the whole fund is locked"),
        do=(
            _("Anybody may lock the whole fund, under “Arrest or raid”. All sign-ins end at once."),
            _("Switch phones and computers off. What is switched off gives nothing away."),
            _("Two people with different roles open it again, one after the other, when it is safe."),
        ),
    ),
)
"""What to do when something happens."""
