from datetime import datetime

from support.summarise import needs_summary
from support.tickets import Message, Ticket


def ticket(messages: int) -> Ticket:
    return Ticket(7, "Invoice", [Message("Ana", "Hello?", datetime(2026, 3, d + 1)) for d in range(messages)])


def test_short_tickets_need_no_summary():
    assert not needs_summary(ticket(3))


def test_long_ones_do():
    assert needs_summary(ticket(4))
