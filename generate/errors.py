"""The one exception that a user is meant to read."""


class Refusal(Exception):
    """Bad input or a missing resource.

    The message is one line that says what is wrong, where, and what to do about it. The command
    line prints it after ``error:`` and exits with status 1; no traceback is shown.
    """
