"""Whether a clip is a call or music: measured, weighed by a few frozen numbers."""
