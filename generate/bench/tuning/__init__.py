"""Search a family's own settings for better ones (Optuna), within so many minutes.

trial     trains with one choice of settings and judges what came of it
study     which choices are tried: the journal that survives a kill, and its workers
tune      the stage: the default twice, then the trials, then the verdict
page      work/report/tuning.html
"""
