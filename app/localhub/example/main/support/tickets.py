"""Tickets as the help desk stores them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Message:
    author: str
    text: str
    sent: datetime


@dataclass
class Ticket:
    number: int
    subject: str
    messages: list[Message] = field(default_factory=list)

    @property
    def question(self) -> str:
        """What the customer asked first."""
        return self.messages[0].text if self.messages else self.subject

    def transcript(self) -> str:
        return "\n\n".join(f"{m.author}: {m.text}" for m in self.messages)
