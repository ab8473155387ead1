"""Train a model: plan, steps, checkpoints, work/model/."""
