"""What a person does to cards by commands: each writes a line that could be written by hand."""
