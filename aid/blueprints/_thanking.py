"""In which way a donation can be thanked for from here and now, for all pages that offer it."""

from flask import current_app

from aid.domain.donations import DonorDetails
from aid.domain.thanks_ways import Offered, offered
from aid.extensions import now, reading
from aid.queries import thanks_mails


def has_server() -> bool:
    """Whether a mail server takes the fund's messages."""
    return current_app.config["KOMEK"].mail is not None


def worker_runs() -> bool:
    """Whether a worker is there that sends them."""
    return thanks_mails.can_send(reading(), now=now(), run_mac_key=current_app.config["RUN_MAC_KEY"])


def offered_for(donor: DonorDetails | None) -> Offered:
    """How to thank this donor."""
    return offered(donor, has_server=has_server(), worker_runs=worker_runs())
