"""Answers tickets with the help of a language model."""

from pathlib import Path

from anthropic import Anthropic
from fastapi import FastAPI, HTTPException

from support.tickets import Ticket

MODEL = "claude-sonnet-4-5"
PROMPTS = Path(__file__).parent / "prompts"

app = FastAPI(title="support-bot")
client = Anthropic()
tickets: dict[int, Ticket] = {}


@app.get("/tickets/{number}/answer")
def answer(number: int) -> dict[str, str]:
    ticket = tickets.get(number)
    if ticket is None:
        raise HTTPException(status_code=404, detail="no such ticket")
    reply = client.messages.create(
        model=MODEL,
        max_tokens=800,
        system=(PROMPTS / "answer.md").read_text(),
        messages=[{"role": "user", "content": ticket.question}],
    )
    return {"draft": reply.content[0].text}
