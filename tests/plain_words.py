"""Sentences as a person types them."""


def plain(text: str) -> str:
    """With spaces in place of those that do not break."""
    return text.replace("\N{NO-BREAK SPACE}", " ")
