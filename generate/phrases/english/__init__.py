"""Translate messages into English."""
