"""Pages are tried on one database: what they ask is the same on both, and `test_pages` opens each of them on both.

What depends on the database (races, kills, a full disk, what lies on the disk) names both: `both_databases`.
"""

from tests.make.one_database import app

__all__ = ["app"]
