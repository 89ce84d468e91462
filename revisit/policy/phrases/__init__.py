"""What can be said in a talk: phrases by situation and cause; how a text finds them, and what is wrong with their files."""

from revisit.policy.phrases.model import Named, Phrase, Situation, situation_from
from revisit.policy.phrases.search import Entry, Hits, search

__all__ = ["Entry", "Hits", "Named", "Phrase", "Situation", "search", "situation_from"]
