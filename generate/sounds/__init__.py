"""Give every beast a voice, and master whatever sounds it makes."""
