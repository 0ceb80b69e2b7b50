from datetime import datetime

from support.tickets import Message, Ticket


def test_the_question_is_the_first_message():
    ticket = Ticket(7, "Invoice", [Message("Ana", "Where is my invoice?", datetime(2026, 3, 1))])
    assert ticket.question == "Where is my invoice?"


def test_without_messages_it_is_the_subject():
    assert Ticket(8, "Invoice").question == "Invoice"
