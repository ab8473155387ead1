"""Say what a picture shows."""

REVISION = 1  # raise it when what is measured in a picture should be said otherwise
TELLING = 1  # raise it when what the captioner sees should be said otherwise
