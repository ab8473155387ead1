"""What a person made is never lost: the trash, safe replacing, one build at a time."""
