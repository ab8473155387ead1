"""Pipelines that others trained: opened safely, asked in words, watched, taught."""
