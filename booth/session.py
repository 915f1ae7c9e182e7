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

A strip counts down again for each of its photos, which are developed meanwhile; when all have come they
are bound into one. In REVIEW a guest changes the look of the photo, by backdrop, place and people, as often
as he likes; one composite is under way at a time, and the next shows the newest look.

Every step ends by itself. What a step does not expect leaves the session as it is, and so does a touch
in the first moments of a step: the second half of a double tap never acts, and a ticket is not tapped away
by whoever has hammered on «keep». An event that offers one backdrop skips CHOOSE. Photos and tickets that
come late, while the apology still stands, are shown; later than that, a late photo is discarded and a late
ticket stays good for its print.

`advance` gives the next session, `asked` gives what that step asks of the studio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from booth.config.settings import VisitSettings
from booth.shot import Placement, Shot, Ticket

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
    """What the event allows. In seconds: `settle` is how long a new step is deaf to touches, `hold` how long a
    ticket is, `unveil` how long developing shows at least, so that a fast machine does not just flicker,
    `bloom` how long the finished picture needs to come up there, `calm` how long a look must stay until it is
    composed at full size."""

    visit: VisitSettings
    language: str
    languages: tuple[str, ...]
    backdrops: tuple[str, ...]
    gallery: bool = False
    settle: float = 0.45
    hold: float = 2.0
    unveil: float = 1.2
    bloom: float = 0.5
    calm: float = 0.3

    def seconds(self, step: Step) -> float:
        """How long a step stays without a touch."""
        visit = self.visit
        return {
            Step.ATTRACT: visit.choose,
            Step.CHOOSE: visit.choose,
            Step.POSE: visit.pose,
            Step.COUNTDOWN: float(visit.countdown),
            Step.DEVELOPING: visit.developing * visit.shots,
            Step.REVIEW: visit.review,
            Step.KEEPING: KEEPING_SECONDS,
            Step.TICKET: visit.ticket,
            Step.SORRY: visit.sorry,
        }[step]

    def deaf(self, step: Step) -> float:
        """How long a new step hears no touch; whoever still hammers on «keep» shall see the ticket."""
        return self.hold if step is Step.TICKET else self.settle


@dataclass(frozen=True, slots=True)
class Session:
    """One visit. `since` and `deadline` are seconds of the clock that stamps the events.

    `attempt` counts photographs over all visits and tells a late answer from an expected one. `sorry`
    is the text key of the apology on screen, `closed` that of why nobody can start just now, if any.

    Of a strip `taken` photos were asked for and `parts` have come. `look` counts how often the guest changed
    what the photo shall look like, `shown` is the look that `shot` has, `rendering` the one under way, 0 if
    none is. `placement` and `included` are the guest's own choices, None while there are none. `in_gallery`
    says that the guest of the ticket wants the picture seen by others; nobody does until he says so.
    """

    step: Step
    since: float
    deadline: float
    language: str
    retakes_left: int
    backdrop_id: str = ""
    copies: int = 1
    attempt: int = 0
    taken: int = 0
    parts: tuple[Shot, ...] = ()
    shot: Shot | None = None
    look: int = 0
    shown: int = 0
    rendering: int = 0
    changed_at: float = 0.0
    placement: Placement | None = None
    included: frozenset[int] | None = None
    ticket: Ticket | None = None
    in_gallery: bool = False
    sorry: str = ""
    closed: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether the photo looks the way that the guest asked for last."""
        return self.shot is not None and self.shown == self.look

    def remaining(self, now: float) -> float:
        """Seconds until the step ends by itself."""
        return max(0.0, self.deadline - now)

    def hears(self, now: float, rules: Rules) -> bool:
        """Whether touches count already."""
        return now >= self.since + rules.deaf(self.step)


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
class GuestsPlaced(Touch):
    """The guests moved themselves; None puts them back where the booth had placed them."""

    placement: Placement | None


@dataclass(frozen=True, slots=True)
class PeopleIncluded(Touch):
    """Who of the people found shall be in the picture."""

    included: frozenset[int]


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
class GalleryChosen(Touch):
    """The guest wants the picture in the gallery, or out of it again."""

    shown: bool


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """Time went by."""


@dataclass(frozen=True, slots=True)
class PhotoReady(Event):
    """A photo was developed, or all of a strip were bound into one."""

    attempt: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class PhotoFailed(Event):
    attempt: int
    key: str


@dataclass(frozen=True, slots=True)
class Recomposed(Event):
    attempt: int
    look: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class RecomposeFailed(Event):
    attempt: int
    look: int


@dataclass(frozen=True, slots=True)
class TicketIssued(Event):
    attempt: int
    ticket: Ticket


@dataclass(frozen=True, slots=True)
class KeepFailed(Event):
    attempt: int
    key: str


@dataclass(frozen=True, slots=True)
class GalleryFailed(Event):
    """The ledger could not note the wish about a ticket's picture; it is as `shown` says, as before."""

    ticket: Ticket
    shown: bool


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
    """Asks the studio for the same photo with another look; None leaves placement or people to the booth."""

    attempt: int
    look: int
    shot: Shot
    backdrop_id: str
    placement: Placement | None
    included: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Bind:
    """Asks the studio to make one strip of its photos."""

    attempt: int
    parts: tuple[Shot, ...]


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


@dataclass(frozen=True, slots=True)
class Show:
    """Asks the studio to show a ticket's picture in the gallery, or to take it out."""

    ticket: Ticket
    shown: bool


Ask = Take | Recompose | Bind | Keep | Discard | Show


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
    if isinstance(event, Touch) and not session.hears(event.at, rules):
        return session
    if isinstance(event, Tick):
        return _passed(session, event, rules)
    change = _CHANGES.get((session.step, type(event)))
    return change(session, event, rules) if change else session


def asked(before: Session, event: Event, after: Session) -> tuple[Ask, ...]:
    """Give what the step from one session to the next asks of the studio."""
    asks: list[Ask] = []
    if after.taken > before.taken:
        asks.append(Take(after.attempt, after.backdrop_id))
    if after.rendering and after.rendering != before.rendering and after.shot:
        look = (after.backdrop_id, after.placement, after.included)
        asks.append(Recompose(after.attempt, after.rendering, after.shot, *look))
    if len(after.parts) > len(before.parts) and len(after.parts) == after.taken and _is_taken(after):
        asks.append(Bind(after.attempt, after.parts))
    if after.shot and _awaits_ticket(after) and not _awaits_ticket(before):
        asks.append(Keep(after.attempt, after.shot, after.copies))
    if isinstance(event, GalleryChosen) and after.ticket and after.in_gallery != before.in_gallery:
        asks.append(Show(after.ticket, after.in_gallery))
    return (*asks, *_given_up(before, event, after))


def _is_taken(session: Session) -> bool:
    """Whether no photo of a strip is still to be taken."""
    return session.step is not Step.COUNTDOWN


def _given_up(before: Session, event: Event, after: Session) -> Iterator[Discard]:
    """The photos that nobody will decide on any more. Parts that are being bound come back as one."""
    if before.step is Step.REVIEW and before.shot and after.shot is None:
        yield Discard(before.shot)
    if before.parts and not after.parts and after.shot is None and len(before.parts) < before.taken:
        yield from map(Discard, before.parts)
    if isinstance(event, PhotoReady) and after.shot is not event.shot and event.shot not in after.parts:
        yield Discard(event.shot)


def _awaits_ticket(session: Session) -> bool:
    return session.step is Step.KEEPING and session.is_settled


def _enter(session: Session, step: Step, event: Event, rules: Rules, **changes: Any) -> Session:
    return replace(session, step=step, since=event.at, deadline=event.at + rules.seconds(step), **changes)


def _leave(session: Session, event: Event, rules: Rules) -> Session:
    return opening(rules, event.at, closed=session.closed, attempt=session.attempt)


def _stay(session: Session, event: Event, rules: Rules, **changes: Any) -> Session:
    """Somebody is still here: the step's time starts anew."""
    return replace(session, deadline=event.at + rules.seconds(session.step), **changes)


def _passed(session: Session, event: Tick, rules: Rules) -> Session:
    if event.at >= session.deadline:
        return _timed_out(session, event, rules)
    if session.step is Step.REVIEW and event.at >= session.changed_at + rules.calm:
        return _rendered_next(session)
    return session


def _rendered_next(session: Session) -> Session:
    """Have the newest look composed, unless another is under way."""
    if session.is_settled or session.rendering or session.shot is None:
        return session
    return replace(session, rendering=session.look)


def _timed_out(session: Session, event: Tick, rules: Rules) -> Session:
    match session.step:
        case Step.COUNTDOWN:
            return _shoot(session, event, rules)
        case Step.DEVELOPING if session.shot:
            return _enter(session, Step.REVIEW, event, rules)
        case Step.DEVELOPING:
            return _enter(session, Step.SORRY, event, rules, sorry="sorry.developing")
        case Step.REVIEW if rules.visit.review_ends == "keep":
            return _keep(session, event, rules)
        case Step.KEEPING if not session.is_settled and session.shot:
            return _enter(_as_shown(session, session.shot), Step.KEEPING, event, rules)
        case Step.KEEPING:
            # Whether it was kept is not known: to offer it again could print it twice.
            return _enter(session, Step.SORRY, event, rules, sorry="sorry.storage", shot=None)
        case _:
            return _leave(session, event, rules)


def _shoot(session: Session, event: Event, rules: Rules) -> Session:
    """The shutter: the next photo of a strip is counted down to at once."""
    step = Step.COUNTDOWN if session.taken + 1 < rules.visit.shots else Step.DEVELOPING
    attempt = session.attempt + (session.taken == 0)
    return _enter(session, step, event, rules, taken=session.taken + 1, attempt=attempt)


def _as_shown(session: Session, shot: Shot) -> Session:
    """Be content with the look that the photo has."""
    return replace(
        session,
        backdrop_id=shot.composite.backdrop_id,
        placement=session.placement and shot.placement,
        included=shot.cutout.included if session.included is not None and shot.cutout else None,
        look=session.shown,
        rendering=0,
    )


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


def _look(session: Session, event: Event, rules: Rules, **changes: Any) -> Session:
    """The guest wants the photo otherwise."""
    return _stay(session, event, rules, look=session.look + 1, changed_at=event.at, **changes)


def _look_elsewhere(session: Session, event: BackdropChosen, rules: Rules) -> Session:
    if event.backdrop_id not in rules.backdrops or event.backdrop_id == session.backdrop_id:
        return session
    return _look(session, event, rules, backdrop_id=event.backdrop_id)


def _move(session: Session, event: GuestsPlaced, rules: Rules) -> Session:
    if not _has_cutout(session) or event.placement == session.placement:
        return session
    return _look(session, event, rules, placement=event.placement)


def _include(session: Session, event: PeopleIncluded, rules: Rules) -> Session:
    if not _has_cutout(session) or event.included == session.included:
        return session
    # a tap is meant at once, unlike a finger that is still moving
    after = _look(session, event, rules, included=event.included)
    return replace(after, changed_at=event.at - rules.calm)


def _has_cutout(session: Session) -> bool:
    return session.shot is not None and session.shot.cutout is not None and not session.shot.parts


def _back_to_choose(session: Session, event: WentBack, rules: Rules) -> Session:
    if len(rules.backdrops) == 1:
        return _leave(session, event, rules)
    return _enter(session, Step.CHOOSE, event, rules)


def _count_down(session: Session, event: ShutterPressed, rules: Rules) -> Session:
    return _enter(session, Step.COUNTDOWN, event, rules, taken=0, parts=())


def _show_photo(session: Session, event: PhotoReady, rules: Rules) -> Session:
    if event.attempt != session.attempt or session.shot is not None or not session.taken:
        return session
    if rules.visit.shots > 1 and not event.shot.parts:
        return replace(session, parts=(*session.parts, event.shot))
    backdrop_id = event.shot.composite.backdrop_id
    shown = replace(session, parts=(), shot=event.shot, backdrop_id=backdrop_id, sorry="")
    unveiled = max(session.since + rules.unveil, event.at + rules.bloom)
    if session.step is Step.DEVELOPING and event.at < unveiled:
        return replace(shown, deadline=unveiled)
    return _enter(shown, Step.REVIEW, event, rules)


def _apologise(session: Session, event: PhotoFailed, rules: Rules) -> Session:
    if event.attempt != session.attempt or not session.taken:
        return session
    return _enter(session, Step.SORRY, event, rules, sorry=event.key, parts=())


def _count_copies(session: Session, event: CopiesChosen, rules: Rules) -> Session:
    if not 1 <= event.copies <= rules.visit.max_copies or event.copies == session.copies:
        return session
    return _stay(session, event, rules, copies=event.copies)


def _show_recomposed(session: Session, event: Recomposed, rules: Rules) -> Session:
    if event.attempt != session.attempt or event.look != session.rendering:
        return session
    after = replace(session, shot=event.shot, shown=event.look, rendering=0)
    return _rendered_next(after) if session.step is Step.KEEPING else after


def _show_unchanged(session: Session, event: RecomposeFailed, rules: Rules) -> Session:
    if event.attempt != session.attempt or event.look != session.rendering or not session.shot:
        return session
    if event.look != session.look:
        return _rendered_next(replace(session, rendering=0))
    return _enter(_as_shown(session, session.shot), Step.REVIEW, event, rules)


def _keep(session: Session, event: Event, rules: Rules) -> Session:
    return _rendered_next(_enter(session, Step.KEEPING, event, rules))


def _again(session: Session, event: Retaken, rules: Rules) -> Session:
    if session.retakes_left == 0 or session.closed:
        return session
    left = session.retakes_left - 1
    return _pose_anew(session, event, rules, retakes_left=left)


def _pose_anew(session: Session, event: Event, rules: Rules, **changes: Any) -> Session:
    """Nothing is left of the photo before but its backdrop."""
    blank: dict[str, Any] = {"shot": None, "parts": (), "taken": 0, "copies": 1, "sorry": ""}
    untouched: dict[str, Any] = {"look": 0, "shown": 0, "rendering": 0, "placement": None, "included": None}
    return _enter(session, Step.POSE, event, rules, **blank, **untouched, **changes)


def _hand_ticket(session: Session, event: TicketIssued, rules: Rules) -> Session:
    if event.attempt != session.attempt:
        return session
    return _enter(session, Step.TICKET, event, rules, ticket=event.ticket, sorry="")


def _choose_gallery(session: Session, event: GalleryChosen, rules: Rules) -> Session:
    if not rules.gallery or event.shown == session.in_gallery:
        return session
    return _stay(session, event, rules, in_gallery=event.shown)


def _leave_gallery_as_it_was(session: Session, event: GalleryFailed, rules: Rules) -> Session:
    return replace(session, in_gallery=event.shown) if event.ticket == session.ticket else session


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
    return _pose_anew(session, event, rules)


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
    (Step.COUNTDOWN, PhotoReady): _show_photo,
    (Step.COUNTDOWN, PhotoFailed): _apologise,
    (Step.DEVELOPING, PhotoReady): _show_photo,
    (Step.DEVELOPING, PhotoFailed): _apologise,
    (Step.REVIEW, Touched): _stay,
    (Step.REVIEW, BackdropChosen): _look_elsewhere,
    (Step.REVIEW, GuestsPlaced): _move,
    (Step.REVIEW, PeopleIncluded): _include,
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
    (Step.TICKET, GalleryChosen): _choose_gallery,
    (Step.TICKET, GalleryFailed): _leave_gallery_as_it_was,
    (Step.SORRY, Touched): _go_on,
    (Step.SORRY, PhotoReady): _show_photo,
    (Step.SORRY, TicketIssued): _hand_ticket,
    (Step.SORRY, Opened): _reopen,
    **{(step, ClosedBy): _note_closed for step in Step if step not in (Step.CHOOSE, Step.POSE)},
    **{(step, Opened): _note_open for step in Step if step is not Step.SORRY},
}
