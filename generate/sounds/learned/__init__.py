"""A voice that learns melody and rhythm from recordings and sings them with a beast's mouth."""

REVISION = 1  # raise it when the same recordings should give other calls
