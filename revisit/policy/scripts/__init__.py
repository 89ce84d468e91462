"""Call scripts: load, check, walk and lay out a talk that a company wrote as data.

A script is a graph of nodes; each says or asks something and leads on, or ends the call. Source: P3 2.3, 2.5.
"""

from __future__ import annotations

from revisit.policy.scripts.check import Pace, check_script
from revisit.policy.scripts.layout import Line, lay_out, outline
from revisit.policy.scripts.load import load_script
from revisit.policy.scripts.model import Answer, Node, Outcome, Problem, Script
from revisit.policy.scripts.walk import paths, step
from revisit.policy.scripts.words import BLANK, FIELDS, LANGUAGES, OUTCOMES, PLACEHOLDERS, PROBLEMS, Text, fill

__all__ = [
    "BLANK",
    "FIELDS",
    "LANGUAGES",
    "OUTCOMES",
    "PLACEHOLDERS",
    "PROBLEMS",
    "Answer",
    "Line",
    "Node",
    "Outcome",
    "Pace",
    "Problem",
    "Script",
    "Text",
    "check_script",
    "fill",
    "lay_out",
    "load_script",
    "outline",
    "paths",
    "step",
]
