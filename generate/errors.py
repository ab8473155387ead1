"""The one exception that a user is meant to read, and what others say."""


class Refusal(Exception):
    """Bad input or a missing resource.

    The message is one line that says what is wrong, where, and what to do about it. The command
    line prints it after ``error:`` and exits with status 1; no traceback is shown.
    """


def describe_error(error: Exception) -> str:
    """What an error of somebody else's says, on one line; its kind where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__
