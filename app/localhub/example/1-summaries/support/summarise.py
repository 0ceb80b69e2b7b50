"""Summaries of long tickets, so that whoever takes one over need not read it all."""

from pathlib import Path

from anthropic import Anthropic
from fastapi_ticket_digest import fold_quotes

from support.tickets import Ticket

PROMPT = (Path(__file__).parent / "prompts" / "summary.md").read_text()

# Shorter tickets are read faster than their summary is made.
WORTH_SUMMARISING = 4


def needs_summary(ticket: Ticket) -> bool:
    return len(ticket.messages) >= WORTH_SUMMARISING


def summarise(client: Anthropic, model: str, ticket: Ticket) -> str:
    reply = client.messages.create(
        model=model,
        max_tokens=300,
        system=PROMPT,
        messages=[{"role": "user", "content": fold_quotes(ticket.transcript())}],
    )
    return reply.content[0].text.strip()
