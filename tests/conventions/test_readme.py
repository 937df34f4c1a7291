"""The README tells the truth about roles."""

from pathlib import Path

from aid.domain.permissions import PERMISSION_TITLES, ROLE_PERMISSIONS, ROLE_TITLES, Permission, Role

README = Path(__file__).parents[2] / "README.md"


def roles_table() -> str:
    """The table of roles and permissions, as the README shows it."""
    head = "| | " + " | ".join(str(ROLE_TITLES[role]) for role in Role) + " |"
    rule = "|---|" + "---|" * len(Role)
    rows = [
        f"| {PERMISSION_TITLES[permission]} | "
        + " | ".join("yes" if permission in ROLE_PERMISSIONS[role] else "–" for role in Role)
        + " |"
        for permission in Permission
    ]
    return "\n".join([head, rule, *rows])


def test_the_readme_shows_the_roles_and_permissions_as_they_are() -> None:
    assert roles_table() in README.read_text(encoding="utf-8")
