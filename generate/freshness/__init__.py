"""One rule of freshness: a product is fresh while its key is the one that it was made with.

methods.py knows which methods were revised, decide.py what decides each product and so its key,
judge.py whether what is there holds, and because of what not. None of it imports what makes things.
"""
