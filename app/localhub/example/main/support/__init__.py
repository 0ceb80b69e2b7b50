"""The support bot."""
