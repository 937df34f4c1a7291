"""This worker's own pair: made when it is first asked for, in memory alone, and gone with the process."""

from flask import current_app

from aid.domain.ids import new_id
from aid.perform import look
from aid.services.run_keys import announce
from aid.vault.actor import Actor
from aid.vault.hpke import new_pair
from aid.vault.parcels import RunPair, mac_of


def run_pair() -> RunPair:
    """The pair that others seal to when this worker is to send something."""
    if "run_pair" not in current_app.extensions:
        current_app.extensions["run_pair"] = RunPair(new_id(), new_pair())
    own: RunPair = current_app.extensions["run_pair"]
    return own


def say_that_we_run() -> None:
    """Let everybody know that this worker runs, and to which public half things are sealed."""
    own = run_pair()
    mac = mac_of(current_app.config["RUN_MAC_KEY"], own.id, own.pair.public)
    look(announce, actor=Actor.system(), worker_id=own.id, public=own.pair.public, mac=mac)
