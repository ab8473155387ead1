"""The studio, ``make studio``: a page on this machine that draws, and writes lines into cards.

What it does to a card is what the commands of generate/hand/ do; all that it keeps of its own are
the sheets in work/studio/. So nothing is lost with it.
"""
