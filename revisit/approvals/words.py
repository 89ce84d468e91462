"""What kinds of approvals, the acts of their steps, and the refusals of a signature are called."""

from __future__ import annotations

from collections.abc import Mapping

from revisit.i18n import N_
from revisit.policy.chains import Act

KINDS: Mapping[str, str] = {
    "documents": N_("trade without all papers"),
    "credit": N_("credit limit"),
    "term": N_("payment term"),
    "settlement": N_("settlement of a complaint"),
    "remote-service": N_("remote service"),
}
ACTS: Mapping[Act, str] = {"review": N_("review"), "check": N_("check"), "sign": N_("sign")}
UNSIGNED: Mapping[str, tuple[str, str]] = {
    "complete": (N_("{number}: every signature is there"), N_("look at it: revisit approval show {bare}")),
    "own": (
        N_("{number} is your own request, or of the person whose deputy you are: nobody signs what he asked for"),
        N_("somebody else signs it; take it back with: revisit approval withdraw {bare} --reason TEXT"),
    ),
    "twice": (
        N_("{number}: you or the person whose deputy you are have signed it; every step is another person's"),
        N_("it waits for {posts}"),
    ),
    "order": (
        N_("{number} is not yours to sign yet: it waits for {posts} first"),
        N_("remind them: revisit approval remind {bare}"),
    ),
    "passed": (N_("{number}: the step of your post is signed already"), N_("it waits for {posts}")),
    "post": (N_("{number} is not yours to sign: it waits for {posts}"), N_("who signs: revisit approval show {bare}")),
}
"""Why somebody does not sign, by the code of `chains.Unsigned`: a sentence and a remedy."""
