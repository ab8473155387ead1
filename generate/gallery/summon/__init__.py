"""The page on which a visitor's own browser draws a beast: the files that it fetches."""
