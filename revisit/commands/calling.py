"""A call step by step on the screen: one key for an answer, back, notes, phrases, the clock running."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from revisit import claims, clock, prompting, render, staff, wording
from revisit.commands import briefing, callbacks, ending
from revisit.company import CompanyInfo
from revisit.context import Context
from revisit.db import Sql
from revisit.desk import drafts, record
from revisit.desk.briefing import Briefing
from revisit.desk.drafts import Draft
from revisit.errors import RevisitError
from revisit.i18n import N_, _, language
from revisit.policy.scripts import Node, Script, Talk, TalkError, answers_of, fill
from revisit.prompting import LeftOff
from revisit.staff import StaffMember

ENDS = ("reached", "declined", "inconvenient", "no_answer", "busy", "wrong_number")
"""How a call that broke off may have ended, in the order of their keys."""
COMMANDS = {
    "b": N_("back"), "n": N_("note"), "p": N_("phrase"), "i": N_("file"), "h": N_("hung up"), "q": N_("leave"),
}  # fmt: skip
"""What may be pressed at any time; where a text is typed, with a stroke before it: /b."""
OTHERWISE = "t"  # the key for other words than the answers there are
STROKES = ("/", "／", "、")  # the last one is what the key of the stroke types with a Chinese keyboard
FEW = 3  # phrases that are shown


class _Command(Exception):
    """One of COMMANDS was given instead of an answer; `rest` is what was typed behind it."""

    def __init__(self, key: str, rest: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.rest = rest


@dataclass
class Desk:
    """One call: who calls whom with which script, and where it stands.

    `kept`: the script of an unfinished call, if it is still there. `result`: how the call ended where it was cut short.
    `raised`: what the person said a case is about (None: not asked yet).
    """

    context: Context
    company: CompanyInfo
    me: StaffMember | None
    script: Script
    values: Mapping[str, str]
    channel: str = "phone"
    practice: bool = False
    customer_id: int = 0
    code: str = ""
    name: str = ""
    contact: str = ""
    known: Briefing | None = None
    kept: Script | None = None
    talk: Talk = field(init=False)
    notes: list[str] = field(default_factory=list)
    result: str = ""
    raised: str | None = None
    call_id: int = 0
    started_at: datetime = field(init=False)
    _since: float | None = field(default=None, init=False)
    _before: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.talk = Talk(self.script)
        self.started_at = self.context.now

    # --- asking

    def key(self, keys: Collection[str]) -> str:
        """One of these keys, as soon as it is pressed."""
        return prompting.ask_key(keys, lambda: self._below(""))

    def text(self, given: str = "") -> str:
        """A line of text."""
        return prompting.ask_text(lambda: self._below(STROKES[0]), given=given)

    def banner(self) -> None:
        """In practice every screen says so."""
        if self.practice:
            render.heading(_("*** PRACTICE: nothing is recorded ***"))

    # --- beginning and leaving

    def run(self, draft: Draft | None) -> None:
        """The call from its first word to its record; where it is left, the draft stays."""
        try:
            if draft is None or not self._goes_on(draft):
                self._begin()
            self.walk()
            ending.finish(self)
        except LeftOff:
            self._left()

    def _begin(self) -> None:
        render.tell()
        self.banner()
        render.paragraph(_("Enter the call begins   q not now"), at=prompting.GAP)
        if self.key(("", "q")) == "q":
            raise LeftOff
        self.started_at, self._since = self.context.later(), clock.ticks()
        if self.practice:
            return
        with self.writing() as sql:
            self.call_id = drafts.open_draft(
                sql, customer_id=self.customer_id, staff_id=self._my_id(), script=self.script, language=language(),
                channel=self.channel,
                at=self.started_at,
            )  # fmt: skip

    def _goes_on(self, draft: Draft) -> bool:
        """Asks whether an unfinished call is gone on with; else it is dropped. Raises LeftOff."""
        begun = clock.local(draft.started_at, self.company.timezone)
        heading = _("You have an unfinished call with this customer: begun {at}, answers: {answers}.")
        render.tell()
        render.heading(heading.format(at=f"{begun:%Y-%m-%d %H:%M}", answers=len(draft.steps)))
        if self.kept is None:
            render.tell(_("Its script is no longer there."))
            render.paragraph(_("a begin anew, the unfinished one is dropped   q not now"), at=prompting.GAP)
        else:
            render.paragraph(_("g go on   a begin anew, the unfinished one is dropped   q not now"), at=prompting.GAP)
        chosen = self.key(("a", "q") if self.kept is None else ("g", "a", "q"))
        if chosen == "q":
            raise LeftOff
        if chosen == "a" or self.kept is None:
            with self.writing() as sql:
                drafts.end(sql, draft.id, at=self.context.now, revisit_id=None)
            return False
        self.call_id, self.started_at = draft.id, draft.started_at
        self.script, self.channel = self.kept, draft.channel
        self.talk = Talk.resume(self.script, draft.steps)
        self.notes = list(draft.notes)
        self.result, self.raised = draft.cut_short, draft.raised
        self._before, self._since = draft.talk_seconds, clock.ticks()
        if self.talk.lost:
            changed = _("The script has changed since: answers that no longer fit: {number}. They are asked again.")
            render.note(changed.format(number=self.talk.lost))
        return True

    def _left(self) -> None:
        render.tell()
        if self.practice:
            render.note(_("Practice is over; nothing was recorded."))
        elif self.call_id:
            self.keep()
            code = render.safe(self.code)
            render.note(_("The call is kept as it stands. To go on: revisit call {code}").format(code=code))
        else:
            render.note(_("Nobody was called."))

    def keep(self) -> None:
        """The draft, after every answer and note."""
        if self.call_id:
            with self.writing() as sql:
                self.keep_in(sql)

    def keep_in(self, sql: Sql) -> None:
        """The same in a transaction that is open."""
        drafts.keep(
            sql, self.call_id, steps=self.talk.steps, notes=self.notes, talk_seconds=self.seconds(), cut_short=self.result,
            raised=self.raised,
        )  # fmt: skip

    @contextmanager
    def writing(self) -> Iterator[Sql]:
        """A short transaction for the draft; the customer is on this desk for a while from now on."""
        now = self.context.later()
        with self.context.reading() as (sql, company), self.context.quickly(sql):
            claims.hold(sql, company, customer_id=self.customer_id, staff_id=self._my_id(), now=now)
            yield sql

    def _my_id(self) -> int:
        return staff.required(self.me).id

    # --- step by step

    def walk(self) -> None:
        """Step by step until the talk is over."""
        while not self.result and (node := self.talk.at) is not None:
            self._show(node)
            self._step(node)

    def _step(self, node: Node) -> None:
        while True:
            try:
                key, text = self._answer(node)
                self.talk = self.talk.say(key, text, self.seconds())
            except _Command as command:
                self._obey(command)
                return
            except TalkError:
                render.paragraph(_("This has to be answered; Enter alone is not enough."))
            else:
                self.keep()
                return

    def _show(self, node: Node) -> None:
        render.tell()
        self.banner()
        render.heading(f"{len(self.talk.steps) + 1} · {render.safe(self.script.title)}")
        for text in (node.say, node.ask):
            if text:
                render.paragraph(render.safe(fill(text, self.values)))
        if node.hint:
            render.paragraph("[" + render.safe(fill(node.hint, self.values)) + "]")
        for key, answer in answers_of(node):
            render.paragraph(f"  {key}  {render.safe(fill(answer.label, self.values))}")
        if node.text and node.answers:
            render.tell(f"  {OTHERWISE}  " + _("in other words"))
        elif not node.text and not node.answers:
            render.tell(_("Enter goes on"))

    def _answer(self, node: Node) -> tuple[str, str]:
        """The key of an answer and a text, as far as the node wants them. Raises _Command."""
        choices = {key: answer.key for key, answer in answers_of(node)}
        if choices or not node.text:
            other = (OTHERWISE,) if node.text else () if choices else ("",)
            pressed = self.key((*choices, *other, *COMMANDS))
            if pressed in COMMANDS:
                raise _Command(pressed)
            if pressed != OTHERWISE:
                return choices.get(pressed, ""), ""
        text = self._words()
        return "", self._moment(text) if node.record == "callback" else text

    def _words(self) -> str:
        """What the customer said. Raises _Command."""
        text = self.text()
        command = text[1:2].lower() if text.startswith(STROKES) else ""
        if command in COMMANDS and text[2:3] in ("", " "):
            raise _Command(command, text[2:].strip())
        return text

    def _moment(self, text: str) -> str:
        """A time to call back, told with its weekday; outside call hours the person says whether it is moved."""
        while text:
            now = clock.local(self.context.later(), self.company.timezone)
            try:
                booked = callbacks.to_come(text, now, self.company)
            except RevisitError as error:
                render.paragraph(ending.told(error))
                text = self._words()
                continue
            callbacks.tell(booked, _("Call back: {when} ({weekday})"))
            if booked.inside is None or booked.outside is None:
                return record.kept_moment(booked.when)
            render.paragraph(_("That is outside call hours: {why}.").format(why=wording.outside(booked.outside)))
            question = _("k keep it   m move it to {when} ({weekday})   t type it again")
            told = question.format(when=callbacks.shown(booked.inside), weekday=render.weekday(booked.inside))
            render.paragraph(told, at=prompting.GAP)
            chosen = self.key(("k", "m", "t"))
            if chosen != "t":
                return record.kept_moment(booked.when if chosen == "k" else booked.inside)
            text = self._words()
        return ""

    def _obey(self, command: _Command) -> None:
        """Does what was asked for; the step is shown anew afterwards."""
        if command.key == "q":
            raise LeftOff
        if command.key == "b":
            self.talk = self.talk.back()
            self.keep()
        elif command.key == "n":
            self.note(command.rest)
        elif command.key == "p":
            self._phrases(command.rest)
        elif command.key == "i" and self.known is not None:
            on = clock.local(self.context.now, self.company.timezone).date()
            briefing.show(self.known, on=on)
        elif command.key == "h":
            self._hung_up()

    def note(self, text: str = "") -> None:
        """A note beside the answers; asked for where nothing was typed yet."""
        if not text:
            render.tell(_("Note (Enter alone: none):"))
            text = self.text()
        if text:
            self.notes.append(text)
            self.keep()

    def _phrases(self, words: str) -> None:
        from revisit import phrases

        if not words:
            render.tell(_("What is it about?"))
            words = self.text()
        if words:
            found = phrases.find(words, values=self.values, language=language(), limit=FEW)
            for one in found.items:
                render.paragraph("» " + render.safe(one.text))
            if not found.items:
                render.tell(_("No phrase holds that."))

    def _hung_up(self) -> None:
        render.tell(_("How did it end?  b back to the talk"))
        ends = {str(number): code for number, code in enumerate(ENDS, 1)}
        for key, code in ends.items():
            render.tell(f"  {key}  {wording.word(code)}")
        self.result = ends.get(self.key(("b", *ends)), "")
        self.keep()

    # --- the line below

    def seconds(self) -> int:
        """How long the call has lasted."""
        return self._before + (int(clock.ticks() - self._since) if self._since is not None else 0)

    def shown_length(self) -> str:
        """The same as minutes and seconds."""
        return "{:02d}:{:02d}".format(*divmod(self.seconds(), 60))

    def _below(self, stroke: str) -> str:
        """Clock, whom the call is with, and what may be pressed, as far as the terminal is wide."""
        keys = "  ".join(f"{stroke}{key} {_(title)}" for key, title in COMMANDS.items())
        parts = [_("PRACTICE") if self.practice else "", self.shown_length(), f"{self.code} {self.name}".strip(), keys]
        return render.cut(render.safe(" · ".join(filter(None, parts))))
