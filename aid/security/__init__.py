"""Who may open which address. Every route says so with @allow; the app refuses to start with one that doesn't."""

from aid.security.guards import ANYONE, ENROLLING, FOUNDING, SIGNED_IN, Guard, allow, current_actor, refuse_unguarded
from aid.security.requests import init_app, with_camera
from aid.security.sessions import device_of_this, sign_in_to, sign_out_of

__all__ = [
    "ANYONE",
    "ENROLLING",
    "FOUNDING",
    "SIGNED_IN",
    "Guard",
    "allow",
    "current_actor",
    "device_of_this",
    "init_app",
    "refuse_unguarded",
    "sign_in_to",
    "sign_out_of",
    "with_camera",
]
