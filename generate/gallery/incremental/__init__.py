"""Build only what changed: inputs and outputs by their digests, and the ledger of both."""
