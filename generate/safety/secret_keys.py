"""Know secret keys: how they look in a text, and which ones the environment holds."""

import os
import re

# Keys as their issuers spell them (OpenAI and its like, Hugging Face, xAI, NVIDIA, Replicate,
# GitHub, GitLab, npm, PyPI, Slack, Stripe, DigitalOcean, SendGrid, Amazon, Google), the head of a
# private key, and a password in an address.
SECRET = re.compile(
    r"\b(?:sk-|hf_|gsk_|glpat-|xai-|nvapi-)[A-Za-z0-9_-]{16,}|\br8_[A-Za-z0-9]{30,}"
    r"|\bgh[a-z]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bnpm_[A-Za-z0-9]{30,}"
    r"|\bpypi-[A-Za-z0-9_-]{40,}|\b[sr]k_live_[A-Za-z0-9]{16,}|\bdo[oprt]_v1_[0-9a-f]{40,}"
    r"|\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|\bya29\.[A-Za-z0-9_-]{30,}"
    r"|\b(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}|\bA[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])"
    r"|\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"
    r"|-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----"
    r"|\b[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/:@\"'<>]{0,100}:[^\s/@\"'<>]{1,200}@[\w\[]"
)
NAMES = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)$", re.IGNORECASE)
# A shorter value is no key: it would be found in any text.
SHORTEST = 8


def list_secrets() -> dict[str, str]:
    """The environment's variables that hold keys, tokens and passwords, by their names."""
    return {
        name: value
        for name, value in os.environ.items()
        if NAMES.search(name) and len(value) >= SHORTEST
    }
