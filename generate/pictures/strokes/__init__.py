"""Drawings as strokes of a pen: from outlines, photographs and files; as ink, SVG and PDF."""
