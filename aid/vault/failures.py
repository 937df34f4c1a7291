"""What the vault says when it cannot do what was asked. None of these texts holds a secret."""


class VaultFailure(Exception):
    """Something sealed stays sealed."""


class NoKey(VaultFailure):
    """The keyring has no key for this: not a member of the ring, or not signed in with keys."""


class Tampered(VaultFailure):
    """The bytes are not what was sealed for this place: changed, swapped, moved, or cut."""


class WrongPassword(VaultFailure):
    """The bundle does not open with this password."""


class Busy(VaultFailure):
    """Enough passwords are being tried at this moment; ask again shortly."""
