"""Call scripts: load, check, walk and lay out a talk that a company wrote as data.

A script is a graph of nodes; each says or asks something and leads on, or ends the call. Each language has a file of its
own with the same steps. Source: P3 2.3, 2.5.
"""

from __future__ import annotations

from revisit.policy.scripts.check import PROBLEMS, Pace, check_script
from revisit.policy.scripts.layout import Line, lay_out, outline
from revisit.policy.scripts.load import load_script
from revisit.policy.scripts.model import Answer, Node, Outcome, Problem, Script
from revisit.policy.scripts.pair import check_pair
from revisit.policy.scripts.talk import Brought, Step, Talk, TalkError, answers_of
from revisit.policy.scripts.usage import AnswerUse, NodeUse, unused, usage
from revisit.policy.scripts.walk import paths, step
from revisit.policy.scripts.words import BLANK, FIELDS, LANGUAGES, OUTCOMES, PLACEHOLDERS, fill

__all__ = [
    "BLANK",
    "FIELDS",
    "LANGUAGES",
    "OUTCOMES",
    "PLACEHOLDERS",
    "PROBLEMS",
    "Answer",
    "AnswerUse",
    "Brought",
    "Line",
    "Node",
    "NodeUse",
    "Outcome",
    "Pace",
    "Problem",
    "Script",
    "Step",
    "Talk",
    "TalkError",
    "answers_of",
    "check_pair",
    "check_script",
    "fill",
    "lay_out",
    "load_script",
    "outline",
    "paths",
    "step",
    "unused",
    "usage",
]
