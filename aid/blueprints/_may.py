"""What a room's pages know of their reader: what they may do."""

from typing import Any

from flask_login import current_user

from aid.security import current_actor


def may() -> dict[str, Any]:
    """Whether the reader may do this or that; nothing for a stranger."""
    return {"may": current_actor().may} if current_user.is_authenticated else {}
