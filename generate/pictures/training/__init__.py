"""Train a model: plan, steps, checkpoints, work/model/."""

REVISION = 3  # raise it when a change of the trainer should train every model anew
