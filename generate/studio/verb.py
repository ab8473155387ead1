"""A request of the studio's own page, which reads the settings anew."""

from generate.studio.guard import Guarded
from generate.studio.room import Room


class Verb(Guarded):
    """A request that reads the settings anew."""

    def initialize(self, room: Room) -> None:
        self.room = room
