"""Give every beast a voice, and master whatever sounds it makes."""

REVISION = 2  # raise it when every sound should be made and mastered anew
