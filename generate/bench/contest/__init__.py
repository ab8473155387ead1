"""Every kind of image model on one training set, for the same minutes each, side by side.

contestants   each family from scratch, and from its shipped weights
contest       trains and samples each family, one after another; can be stopped and run again
scores        the figures of what each of them drew
page          work/report/contest.html, and the table in docs/comparison/
"""
