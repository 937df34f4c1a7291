"""Who may do what: roles, and their permissions."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from aid.domain.words import Message, _


class Role(StrEnum):
    """What a person does for the fund."""

    REGISTRAR = "registrar"
    CONFIRMER = "confirmer"
    COORDINATOR = "coordinator"
    TREASURER = "treasurer"
    COMMITTEE_MEMBER = "committee_member"
    DISTRIBUTOR = "distributor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One thing that may be done; a person has those of their roles."""

    REGISTER_FAMILIES = "register_families"
    CONFIRM_FAMILIES = "confirm_families"
    SEARCH_FAMILIES = "search_families"
    OPEN_FILES = "open_files"
    IMPORT_FAMILIES = "import_families"
    OPEN_FACTS = "open_facts"
    SEE_FAMILIES = "see_families"  # by code only
    RECORD_DONATIONS = "record_donations"
    IMPORT_STATEMENTS = "import_statements"
    SEE_DONORS = "see_donors"
    THANK_DONORS = "thank_donors"
    TAKE_MESSAGES = "take_messages"  # of support, out of donors' words
    RELEASE_MESSAGES = "release_messages"
    SHOW_MESSAGES = "show_messages"
    SEE_MONEY = "see_money"
    KEEP_ACCOUNTS = "keep_accounts"
    RECORD_REMITTANCES = "record_remittances"
    EXCHANGE = "exchange"
    CONFIRM_MONEY = "confirm_money"  # that it arrived; a rate that is off; a correction downward
    DECIDE_DIFFERENCES = "decide_differences"
    SET_BOUNDS = "set_bounds"  # of what one person books alone
    CLOSE_MONTHS = "close_months"
    EXPORT_LEDGER = "export_ledger"
    WRITE_PROGRAMMES = "write_programmes"
    SEE_PROGRAMMES = "see_programmes"
    PROPOSE = "propose"
    SEE_ALLOCATIONS = "see_allocations"
    VOTE = "vote"
    PRINT_RECORDS = "print_records"
    HOLD_MEETINGS = "hold_meetings"
    PRINT_VOUCHERS = "print_vouchers"
    SEE_VOUCHERS = "see_vouchers"
    SET_LOOK = "set_look"  # of printed papers
    HAND_OUT = "hand_out"
    PAY_OUT = "pay_out"
    SEE_STOCK = "see_stock"
    MANAGE_STOCK = "manage_stock"
    KEEP_POINT = "keep_point"  # take in, count
    AGREE_WITH_SHOPS = "agree_with_shops"
    SEE_COLLECTIONS = "see_collections"
    MEND_COLLECTIONS = "mend_collections"  # undo what another handed out; agree to a stranger
    OPEN_OBJECTIONS = "open_objections"
    ANSWER_OBJECTIONS = "answer_objections"
    SEE_OBJECTIONS = "see_objections"
    CALL_FAMILIES = "call_families"  # of a sample, to ask whether aid arrived
    SEE_SURVEYS = "see_surveys"  # what came of it, without families
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    RELEASE_FIGURES = "release_figures"
    SEE_AUDIT = "see_audit"
    WITHDRAW_FAMILIES = "withdraw_families"
    ERASE_FAMILIES = "erase_families"
    ADMIT = "admit"  # seal one's own rings to a newcomer
    REPORT_COLLEAGUE = "report_colleague"
    REINSTATE = "reinstate"
    SEE_EXPOSURE = "see_exposure"
    LOCK_FUND = "lock_fund"
    SEE_COMMITTEE = "see_committee"
    CHANGE_COMMITTEE = "change_committee"
    STOP_FUND = "stop_fund"
    MAKE_SHARES = "make_shares"
    SEE_CUSTODY = "see_custody"
    MAKE_BACKUPS = "make_backups"


ROLE_TITLES: Mapping[Role, Message] = MappingProxyType(
    {
        Role.REGISTRAR: _("Registrar"),
        Role.CONFIRMER: _("Confirmer"),
        Role.COORDINATOR: _("Coordinator"),
        Role.TREASURER: _("Treasurer"),
        Role.COMMITTEE_MEMBER: _("Committee member"),
        Role.DISTRIBUTOR: _("Distributor"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.AUDITOR: _("Auditor"),
    }
)

PERMISSION_TITLES: Mapping[Permission, Message] = MappingProxyType(
    {
        Permission.REGISTER_FAMILIES: _("Register families"),
        Permission.CONFIRM_FAMILIES: _("Confirm that families are real"),
        Permission.SEARCH_FAMILIES: _("Search for families"),
        Permission.OPEN_FILES: _("Open families' files"),
        Permission.IMPORT_FAMILIES: _("Import lists of families"),
        Permission.OPEN_FACTS: _("Open facts of need"),
        Permission.SEE_FAMILIES: _("See families by code"),
        Permission.RECORD_DONATIONS: _("Record donations"),
        Permission.IMPORT_STATEMENTS: _("Bring statements of the bank in"),
        Permission.SEE_DONORS: _("See donors"),
        Permission.THANK_DONORS: _("Thank donors"),
        Permission.TAKE_MESSAGES: _("Take messages of support out of donors’ words"),
        Permission.RELEASE_MESSAGES: _("Look at messages of support before families see them"),
        Permission.SHOW_MESSAGES: _("Show families messages of support"),
        Permission.SEE_MONEY: _("See the fund's money"),
        Permission.KEEP_ACCOUNTS: _("Keep bank accounts and their fees"),
        Permission.RECORD_REMITTANCES: _("Send money between the fund’s accounts"),
        Permission.EXCHANGE: _("Exchange currency"),
        Permission.CONFIRM_MONEY: _("Confirm what another treasurer sent, exchanged, corrected or asks for"),
        Permission.DECIDE_DIFFERENCES: _("Decide about money that did not arrive"),
        Permission.SET_BOUNDS: _("Set what one person may book alone"),
        Permission.CLOSE_MONTHS: _("Close months of the books"),
        Permission.EXPORT_LEDGER: _("Take the books out as a journal"),
        Permission.WRITE_PROGRAMMES: _("Write aid programmes"),
        Permission.SEE_PROGRAMMES: _("See aid programmes"),
        Permission.PROPOSE: _("Propose allocations"),
        Permission.SEE_ALLOCATIONS: _("See allocations"),
        Permission.VOTE: _("Vote on allocations"),
        Permission.PRINT_RECORDS: _("Print disbursement records"),
        Permission.HOLD_MEETINGS: _("Call meetings of the committee and make their minutes"),
        Permission.PRINT_VOUCHERS: _("Print vouchers"),
        Permission.SEE_VOUCHERS: _("See vouchers"),
        Permission.SET_LOOK: _("Set how vouchers and cards look"),
        Permission.HAND_OUT: _("Hand out aid"),
        Permission.PAY_OUT: _("Pay invoices and send cash to points"),
        Permission.SEE_STOCK: _("See what points have in stock"),
        Permission.MANAGE_STOCK: _("Write the catalogue of goods, and carry goods between points"),
        Permission.AGREE_WITH_SHOPS: _("Agree with shops that take vouchers"),
        Permission.KEEP_POINT: _("Take in deliveries and cash at a point, and count its stock"),
        Permission.SEE_COLLECTIONS: _("See collections"),
        Permission.MEND_COLLECTIONS: _("Undo others’ collections, and agree to collectors who are not on the list"),
        Permission.OPEN_OBJECTIONS: _("Tell families why, and write down what they object to"),
        Permission.ANSWER_OBJECTIONS: _("Answer objections of families"),
        Permission.SEE_OBJECTIONS: _("See objections"),
        Permission.CALL_FAMILIES: _("Ask families afterwards whether aid arrived"),
        Permission.SEE_SURVEYS: _("See what families said about aid that arrived"),
        Permission.SEE_PEOPLE: _("See who works with the fund"),
        Permission.MANAGE_PEOPLE: _("Invite people and give them roles"),
        Permission.RELEASE_FIGURES: _("Release figures for donors"),
        Permission.SEE_AUDIT: _("Read the audit trail"),
        Permission.WITHDRAW_FAMILIES: _("Take families out of the fund"),
        Permission.ERASE_FAMILIES: _("Erase families"),
        Permission.ADMIT: _("Give newcomers the keys one has"),
        Permission.REPORT_COLLEAGUE: _("Cut off a colleague who was arrested"),
        Permission.REINSTATE: _("Reinstate a colleague"),
        Permission.SEE_EXPOSURE: _("See which families an account exposed"),
        Permission.LOCK_FUND: _("Lock the whole fund in a raid"),
        Permission.SEE_COMMITTEE: _("See the committee and its certificates"),
        Permission.CHANGE_COMMITTEE: _("Propose and sign changes of the committee"),
        Permission.STOP_FUND: _("Stop decisions, printing and transfers"),
        Permission.MAKE_SHARES: _("Make new recovery shares"),
        Permission.SEE_CUSTODY: _("See backups and recovery shares"),
        Permission.MAKE_BACKUPS: _("Make a backup now"),
    }
)

_FAMILIES = frozenset(
    {Permission.SEARCH_FAMILIES, Permission.OPEN_FILES, Permission.OPEN_FACTS, Permission.SEE_FAMILIES}
)
_REGISTRATION = _FAMILIES | {
    Permission.REGISTER_FAMILIES,
    Permission.IMPORT_FAMILIES,
    Permission.WITHDRAW_FAMILIES,
    Permission.OPEN_OBJECTIONS,
    Permission.SEE_OBJECTIONS,
    Permission.SHOW_MESSAGES,
}
_EVERYBODY = frozenset({Permission.REPORT_COLLEAGUE, Permission.LOCK_FUND})
"""In a raid nobody waits for somebody with another role."""

_OF_ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.REGISTRAR: _REGISTRATION,
        Role.CONFIRMER: _FAMILIES | {Permission.CONFIRM_FAMILIES},
        Role.COORDINATOR: _REGISTRATION
        | {
            Permission.WRITE_PROGRAMMES,
            Permission.SEE_PROGRAMMES,
            Permission.PROPOSE,
            Permission.SEE_ALLOCATIONS,
            Permission.PRINT_RECORDS,
            Permission.HOLD_MEETINGS,
            Permission.ANSWER_OBJECTIONS,
            Permission.CALL_FAMILIES,
            Permission.SEE_SURVEYS,
            Permission.PRINT_VOUCHERS,
            Permission.SEE_VOUCHERS,
            Permission.SET_LOOK,
            Permission.SEE_COLLECTIONS,
            Permission.MEND_COLLECTIONS,
            Permission.SEE_STOCK,
            Permission.MANAGE_STOCK,
            Permission.KEEP_POINT,
            Permission.AGREE_WITH_SHOPS,
            Permission.SEE_MONEY,
            Permission.CONFIRM_MONEY,
            Permission.DECIDE_DIFFERENCES,
            Permission.SET_BOUNDS,
            Permission.RELEASE_FIGURES,
            Permission.SEE_PEOPLE,
            Permission.ERASE_FAMILIES,
            Permission.ADMIT,
            Permission.REINSTATE,
            Permission.SEE_EXPOSURE,
            Permission.SEE_COMMITTEE,
            Permission.RELEASE_MESSAGES,
            Permission.MAKE_SHARES,
            Permission.SEE_CUSTODY,
        },
        Role.TREASURER: frozenset(
            {
                Permission.RECORD_DONATIONS,
                Permission.IMPORT_STATEMENTS,
                Permission.SEE_DONORS,
                Permission.THANK_DONORS,
                Permission.TAKE_MESSAGES,
                Permission.SHOW_MESSAGES,
                Permission.SEE_MONEY,
                Permission.PAY_OUT,
                Permission.SEE_STOCK,
                Permission.KEEP_ACCOUNTS,
                Permission.RECORD_REMITTANCES,
                Permission.EXCHANGE,
                Permission.CONFIRM_MONEY,
                Permission.DECIDE_DIFFERENCES,
                Permission.CLOSE_MONTHS,
                Permission.EXPORT_LEDGER,
                Permission.ADMIT,
            }
        ),
        Role.COMMITTEE_MEMBER: frozenset(
            {
                Permission.SEE_ALLOCATIONS,
                Permission.SEE_PROGRAMMES,
                Permission.OPEN_FACTS,
                Permission.VOTE,
                Permission.SEE_OBJECTIONS,
                Permission.SEE_SURVEYS,
                Permission.PRINT_RECORDS,
                Permission.SEE_STOCK,
                Permission.SEE_MONEY,
                Permission.DECIDE_DIFFERENCES,
                Permission.SEE_COMMITTEE,
                Permission.CHANGE_COMMITTEE,
                Permission.STOP_FUND,
            }
        ),
        Role.DISTRIBUTOR: frozenset(
            {
                Permission.HAND_OUT,
                Permission.SEE_COLLECTIONS,
                Permission.SEE_STOCK,
                Permission.KEEP_POINT,
                Permission.SHOW_MESSAGES,
            }
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.SEE_PEOPLE,
                Permission.MANAGE_PEOPLE,
                Permission.ADMIT,
                Permission.SEE_COMMITTEE,
                Permission.SEE_CUSTODY,
                Permission.MAKE_BACKUPS,
            }
        ),
        Role.AUDITOR: frozenset(
            {
                Permission.SEE_AUDIT,
                Permission.SEE_MONEY,
                Permission.EXPORT_LEDGER,
                Permission.SEE_ALLOCATIONS,
                Permission.SEE_VOUCHERS,
                Permission.SEE_SURVEYS,
                Permission.SEE_STOCK,
                Permission.PRINT_RECORDS,
                Permission.SEE_COMMITTEE,
                Permission.SEE_CUSTODY,
            }
        ),
    }
)
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {role: own | _EVERYBODY for role, own in _OF_ROLES.items()}
)


def permissions_of(roles: Collection[Role]) -> frozenset[Permission]:
    """Everything these roles together may do."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
