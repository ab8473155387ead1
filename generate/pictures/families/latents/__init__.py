"""Families that draw in an autoencoder's small grid: numbers of a flow, or codes one by one."""
