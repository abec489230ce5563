"""Whether two mail addresses are one: the database alone decides, by the same LOWER() as its unique indexes."""

from django.db.models import F, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


def is_address(column: str, address: str) -> Exact:
    """Condition: the column (`email`, `user__email`) holds this address, whatever its case.

    `iexact` compares by UPPER(), which no index here has, and which finds `mike@` for `mıke@`; Python's own
    `lower()` differs from the database's for some letters.
    """
    return Exact(Lower(F(column)), Lower(Value(address)))
