"""A guest's visit as a pure state machine: no clock, no thread, no Qt.

Time comes in with the events, so that a whole evening can be played in a test.

    ATTRACT --touch--> CHOOSE --backdrop--> POSE --shutter--> COUNTDOWN --zero--> DEVELOPING
       ^                 |  ^---- back ------|  ^                                  |      |
       |<- back/time-out-'                   |  |                            photo |      | failed,
       |<------------- time-out -------------'  |                                  v      | too long
       |                                        '------------- again ----------- REVIEW   |
       |<------------- discarded -------------------------------------------------'|      |
       |                                                       kept, or walked away |      v
       |<- touch/time-out - TICKET <---------- ticket ---------------------- KEEPING --> SORRY
       |<--------------------------------- time-out -------------------------------------'

Every step ends by itself. What a step does not expect leaves the session as it is, and so does a touch
in the first moments of a step: the second half of a double tap never acts. An event that offers one
backdrop skips CHOOSE. Photos and tickets that come late, while the apology still stands, are shown;
later than that, a late photo is discarded and a late ticket stays good for its print.

`advance` gives the next session, `asked` gives what that step asks of the studio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from booth.config.settings import VisitSettings
from booth.shot import Shot, Ticket

KEEPING_SECONDS = 15.0
"""How long the ledger may take for a photo; it takes milliseconds on a healthy disk."""


class Step(Enum):
    """Where a guest is."""

    ATTRACT = "attract"
    CHOOSE = "choose"
    POSE = "pose"
    COUNTDOWN = "countdown"
    DEVELOPING = "developing"
    REVIEW = "review"
    KEEPING = "keeping"
    TICKET = "ticket"
    SORRY = "sorry"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the event allows, in seconds: `settle` is how long a new step is deaf to touches, `unveil` how
    long developing shows at least, so that a fast machine does not just flicker."""

    visit: VisitSettings
    language: str
    languages: tuple[str, ...]
    backdrops: tuple[str, ...]
    settle: float = 0.45
    unveil: float = 1.2

    def seconds(self, step: Step) -> float:
        """How long a step stays without a touch."""
        visit = self.visit
        return {
            Step.ATTRACT: visit.choose,
            Step.CHOOSE: visit.choose,
            Step.POSE: visit.pose,
            Step.COUNTDOWN: float(visit.countdown),
            Step.DEVELOPING: visit.developing,
            Step.REVIEW: visit.review,
            Step.KEEPING: KEEPING_SECONDS,
            Step.TICKET: visit.ticket,
            Step.SORRY: visit.sorry,
        }[step]


@dataclass(frozen=True, slots=True)
class Session:
    """One visit. `since` and `deadline` are seconds of the clock that stamps the events.

    `attempt` counts photographs over all visits and tells a late answer from an expected one. `sorry`
    is the text key of the apology on screen, `closed` that of why nobody can start just now, if any.
    """

    step: Step
    since: float
    deadline: float
    language: str
    retakes_left: int
    backdrop_id: str = ""
    copies: int = 1
    attempt: int = 0
    shot: Shot | None = None
    ticket: Ticket | None = None
    sorry: str = ""
    closed: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether the photo shows the backdrop that the guest asked for last."""
        return self.shot is not None and self.shot.composite.backdrop_id == self.backdrop_id

    def remaining(self, now: float) -> float:
        """Seconds until the step ends by itself."""
        return max(0.0, self.deadline - now)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened `at` a moment, in seconds of one steady clock."""

    at: float


@dataclass(frozen=True, slots=True)
class Touch(Event):
    """Something that a finger did."""


@dataclass(frozen=True, slots=True)
class Touched(Touch):
    """The screen itself: start, go on, or just still here."""


@dataclass(frozen=True, slots=True)
class LanguageChosen(Touch):
    language: str


@dataclass(frozen=True, slots=True)
class BackdropChosen(Touch):
    backdrop_id: str


@dataclass(frozen=True, slots=True)
class WentBack(Touch):
    pass


@dataclass(frozen=True, slots=True)
class ShutterPressed(Touch):
    pass


@dataclass(frozen=True, slots=True)
class CopiesChosen(Touch):
    copies: int


@dataclass(frozen=True, slots=True)
class Kept(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Retaken(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Discarded(Touch):
    pass


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time went by."""


@dataclass(frozen=True, slots=True)
class PhotoReady(Event):
    attempt: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class PhotoFailed(Event):
    attempt: int
    key: str


@dataclass(frozen=True, slots=True)
class Recomposed(Event):
    attempt: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class RecomposeFailed(Event):
    attempt: int
    backdrop_id: str


@dataclass(frozen=True, slots=True)
class TicketIssued(Event):
    attempt: int
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class KeepFailed(Event):
    attempt: int
    key: str


@dataclass(frozen=True, slots=True)
class Recovered(Event):
    """A photo of before a crash is there to be decided on."""

    shot: Shot


@dataclass(frozen=True, slots=True)
class ClosedBy(Event):
    """Nobody can be photographed for now; `key` says why."""

    key: str


@dataclass(frozen=True, slots=True)
class Opened(Event):
    """Photographs can be taken again."""


@dataclass(frozen=True, slots=True)
class Take:
    """Asks the studio for a photograph."""

    attempt: int
    backdrop_id: str


@dataclass(frozen=True, slots=True)
class Recompose:
    """Asks the studio for the same guests before another backdrop."""

    attempt: int
    shot: Shot
    backdrop_id: str


@dataclass(frozen=True, slots=True)
class Keep:
    """Asks the studio to keep and print a photo."""

    attempt: int
    shot: Shot
    copies: int


@dataclass(frozen=True, slots=True)
class Discard:
    """Asks the studio to forget a photo."""

    shot: Shot


Ask = Take | Recompose | Keep | Discard


def opening(rules: Rules, at: float, *, closed: str = "", attempt: int = 0) -> Session:
    """Give the session that waits for the next guest."""
    return Session(
        step=Step.ATTRACT,
        since=at,
        deadline=at + rules.seconds(Step.ATTRACT),
        language=rules.language,
        retakes_left=rules.visit.retakes,
        attempt=attempt,
        closed=closed,
    )


def advance(session: Session, event: Event, rules: Rules) -> Session:
    """Give the session after an event; the same one where the step does not expect it."""
    if isinstance(event, Touch) and event.at < session.since + rules.settle:
        return session
    if isinstance(event, Tick):
        return _timed_out(session, event, rules) if event.at >= session.deadline else session
    change = _CHANGES.get((session.step, type(event)))
    return change(session, event, rules) if change else session


def asked(before: Session, event: Event, after: Session) -> tuple[Ask, ...]:
    """Give what the step from one session to the next asks of the studio."""
    asks: list[Ask] = []
    if after.step is Step.DEVELOPING and before.step is not Step.DEVELOPING:
        asks.append(Take(after.attempt, after.backdrop_id))
    if after.step is Step.REVIEW and after.shot and isinstance(event, BackdropChosen) and after != before:
        asks.append(Recompose(after.attempt, after.shot, after.backdrop_id))
    if after.shot and _awaits_ticket(after) and not _awaits_ticket(before):
        asks.append(Keep(after.attempt, after.shot, after.copies))
    if before.step is Step.REVIEW and before.shot and after.shot is None:
        asks.append(Discard(before.shot))
    if isinstance(event, PhotoReady) and after.shot is not event.shot:
        asks.append(Discard(event.shot))
    return tuple(asks)


def _awaits_ticket(session: Session) -> bool:
    return session.step is Step.KEEPING and session.is_settled


def _enter(session: Session, step: Step, event: Event, rules: Rules, **changes: Any) -> Session:
    return replace(session, step=step, since=event.at, deadline=event.at + rules.seconds(step), **changes)


def _leave(session: Session, event: Event, rules: Rules) -> Session:
    return opening(rules, event.at, closed=session.closed, attempt=session.attempt)


def _stay(session: Session, event: Event, rules: Rules, **changes: Any) -> Session:
    """Somebody is still here: the step's time starts anew."""
    return replace(session, deadline=event.at + rules.seconds(session.step), **changes)


def _timed_out(session: Session, event: Tick, rules: Rules) -> Session:
    match session.step:
        case Step.COUNTDOWN:
            return _enter(session, Step.DEVELOPING, event, rules, attempt=session.attempt + 1)
        case Step.DEVELOPING if session.shot:
            return _enter(session, Step.REVIEW, event, rules)
        case Step.DEVELOPING:
            return _enter(session, Step.SORRY, event, rules, sorry="sorry.developing")
        case Step.REVIEW if rules.visit.review_ends == "keep":
            return _enter(session, Step.KEEPING, event, rules)
        case Step.KEEPING if not session.is_settled and session.shot:
            shown = session.shot.composite.backdrop_id
            return _enter(session, Step.KEEPING, event, rules, backdrop_id=shown)
        case Step.KEEPING:
            # Whether it was kept is not known: to offer it again could print it twice.
            return _enter(session, Step.SORRY, event, rules, sorry="sorry.storage", shot=None)
        case _:
            return _leave(session, event, rules)


def _start(session: Session, event: Touched, rules: Rules) -> Session:
    if session.closed or not rules.backdrops:
        return session
    if len(rules.backdrops) == 1:
        return _enter(session, Step.POSE, event, rules, backdrop_id=rules.backdrops[0])
    return _enter(session, Step.CHOOSE, event, rules)


def _speak(session: Session, event: LanguageChosen, rules: Rules) -> Session:
    if event.language not in rules.languages:
        return session
    return _stay(session, event, rules, language=event.language)


def _choose(session: Session, event: BackdropChosen, rules: Rules) -> Session:
    if event.backdrop_id not in rules.backdrops:
        return session
    return _enter(session, Step.POSE, event, rules, backdrop_id=event.backdrop_id)


def _switch(session: Session, event: BackdropChosen, rules: Rules) -> Session:
    if event.backdrop_id not in rules.backdrops or event.backdrop_id == session.backdrop_id:
        return session
    return _stay(session, event, rules, backdrop_id=event.backdrop_id)


def _back_to_choose(session: Session, event: WentBack, rules: Rules) -> Session:
    if len(rules.backdrops) == 1:
        return _leave(session, event, rules)
    return _enter(session, Step.CHOOSE, event, rules)


def _count_down(session: Session, event: ShutterPressed, rules: Rules) -> Session:
    return _enter(session, Step.COUNTDOWN, event, rules)


def _show_photo(session: Session, event: PhotoReady, rules: Rules) -> Session:
    if event.attempt != session.attempt or session.shot is not None:
        return session
    shown = replace(session, shot=event.shot, backdrop_id=event.shot.composite.backdrop_id, sorry="")
    unveiled = session.since + rules.unveil
    if session.step is Step.DEVELOPING and event.at < unveiled:
        return replace(shown, deadline=unveiled)
    return _enter(shown, Step.REVIEW, event, rules)


def _apologise(session: Session, event: PhotoFailed, rules: Rules) -> Session:
    if event.attempt != session.attempt:
        return session
    return _enter(session, Step.SORRY, event, rules, sorry=event.key)


def _count_copies(session: Session, event: CopiesChosen, rules: Rules) -> Session:
    if not 1 <= event.copies <= rules.visit.max_copies or event.copies == session.copies:
        return session
    return _stay(session, event, rules, copies=event.copies)


def _show_recomposed(session: Session, event: Recomposed, rules: Rules) -> Session:
    expected = event.attempt == session.attempt and event.shot.composite.backdrop_id == session.backdrop_id
    return replace(session, shot=event.shot) if expected else session


def _show_unchanged(session: Session, event: RecomposeFailed, rules: Rules) -> Session:
    if event.attempt != session.attempt or event.backdrop_id != session.backdrop_id or not session.shot:
        return session
    shown = session.shot.composite.backdrop_id
    return _enter(session, Step.REVIEW, event, rules, backdrop_id=shown)


def _keep(session: Session, event: Kept, rules: Rules) -> Session:
    return _enter(session, Step.KEEPING, event, rules)


def _again(session: Session, event: Retaken, rules: Rules) -> Session:
    if session.retakes_left == 0 or session.closed:
        return session
    left = session.retakes_left - 1
    return _enter(session, Step.POSE, event, rules, shot=None, copies=1, retakes_left=left)


def _hand_ticket(session: Session, event: TicketIssued, rules: Rules) -> Session:
    if event.attempt != session.attempt:
        return session
    return _enter(session, Step.TICKET, event, rules, ticket=event.ticket, sorry="")


def _keep_failed(session: Session, event: KeepFailed, rules: Rules) -> Session:
    if event.attempt != session.attempt:
        return session
    return _enter(session, Step.SORRY, event, rules, sorry=event.key)


def _review_recovered(session: Session, event: Recovered, rules: Rules) -> Session:
    return _enter(
        session,
        Step.REVIEW,
        event,
        rules,
        shot=event.shot,
        backdrop_id=event.shot.composite.backdrop_id,
        attempt=session.attempt + 1,
    )


def _note_closed(session: Session, event: ClosedBy, rules: Rules) -> Session:
    return session if session.closed == event.key else replace(session, closed=event.key)


def _close(session: Session, event: ClosedBy, rules: Rules) -> Session:
    return _enter(session, Step.SORRY, event, rules, sorry=event.key, closed=event.key)


def _note_open(session: Session, event: Opened, rules: Rules) -> Session:
    return replace(session, closed="") if session.closed else session


def _reopen(session: Session, event: Opened, rules: Rules) -> Session:
    """Clear the apology together with its cause."""
    if not session.closed:
        return session
    was_the_cause = session.closed == session.sorry
    opened = replace(session, closed="")
    return _go_on(opened, event, rules) if was_the_cause else opened


def _go_on(session: Session, event: Event, rules: Rules) -> Session:
    """From an apology back to where the guest can do something."""
    if session.shot is not None:
        return _enter(session, Step.REVIEW, event, rules, sorry="")
    if session.closed or not session.backdrop_id:
        return _leave(session, event, rules)
    return _enter(session, Step.POSE, event, rules, sorry="")


_CHANGES: dict[tuple[Step, type[Event]], Callable[[Session, Any, Rules], Session]] = {
    (Step.ATTRACT, Touched): _start,
    (Step.ATTRACT, LanguageChosen): _speak,
    (Step.ATTRACT, Recovered): _review_recovered,
    (Step.CHOOSE, Touched): _stay,
    (Step.CHOOSE, LanguageChosen): _speak,
    (Step.CHOOSE, BackdropChosen): _choose,
    (Step.CHOOSE, WentBack): _leave,
    (Step.CHOOSE, ClosedBy): _close,
    (Step.POSE, Touched): _stay,
    (Step.POSE, BackdropChosen): _switch,
    (Step.POSE, WentBack): _back_to_choose,
    (Step.POSE, ShutterPressed): _count_down,
    (Step.POSE, ClosedBy): _close,
    (Step.DEVELOPING, PhotoReady): _show_photo,
    (Step.DEVELOPING, PhotoFailed): _apologise,
    (Step.REVIEW, Touched): _stay,
    (Step.REVIEW, BackdropChosen): _switch,
    (Step.REVIEW, CopiesChosen): _count_copies,
    (Step.REVIEW, Recomposed): _show_recomposed,
    (Step.REVIEW, RecomposeFailed): _show_unchanged,
    (Step.REVIEW, Kept): _keep,
    (Step.REVIEW, Retaken): _again,
    (Step.REVIEW, Discarded): _leave,
    (Step.KEEPING, Recomposed): _show_recomposed,
    (Step.KEEPING, RecomposeFailed): _show_unchanged,
    (Step.KEEPING, TicketIssued): _hand_ticket,
    (Step.KEEPING, KeepFailed): _keep_failed,
    (Step.TICKET, Touched): _leave,
    (Step.SORRY, Touched): _go_on,
    (Step.SORRY, PhotoReady): _show_photo,
    (Step.SORRY, TicketIssued): _hand_ticket,
    (Step.SORRY, Opened): _reopen,
    **{(step, ClosedBy): _note_closed for step in Step if step not in (Step.CHOOSE, Step.POSE)},
    **{(step, Opened): _note_open for step in Step if step is not Step.SORRY},
}
