"""Tell how a jungle was made, from what its stages recorded; nothing reads it."""
