"""Settings of the support bot."""

import os

MODEL = os.environ.get("SUPPORT_MODEL", "claude-sonnet-4-5")

# How long a summary is kept before it is made again.
SUMMARY_TTL_SECONDS = 15 * 60

ANTHROPIC_API_KEY = "@@ANTHROPIC_API_KEY@@"
