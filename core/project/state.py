"""The present state of a project: its events, replayed.

Undo and redo are events too: they name the event that they take back or bring again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.project.events import Event

# What people do to topics; each names the clusters that it was done to.
TOPIC_EDITS = frozenset(
    {
        "topic_renamed",
        "topics_merged",
        "topic_split",
        "topic_made",
        "topic_deleted",
        "topic_excluded",
        "topic_coloured",
        "topic_noted",
        "units_excluded",
        "units_returned",
        "topics_carried",
    }
)
# What a person can take back. The rest records results, which are kept beside each other anyway.
UNDOABLE = TOPIC_EDITS | {
    "topic_count_set",
    "left_out_set",
    "labelled",
    "labels_saved",
    "cleaning_set",
}


@dataclass
class ProjectState:
    """What is true now.

    `current` names the newest artifact of each kind; `topic_edits` are the edits of the clusters
    that were current last, in order, and `last_clusters` their key, which outlasts a new table;
    `map_settings` is how the analyst wants the map made; `cleaning` names the remedies that are
    switched on; `labels` maps a label column to
    row -> label; `cross_column` is the column by which the analyst last looked at the topics.
    """

    name: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    language: str = "und"
    current: dict[str, str] = field(default_factory=dict)
    topic_count: int | None = None
    left_out_share: float | None = None
    topic_edits: tuple[Event, ...] = ()
    last_clusters: str = ""
    map_settings: dict[str, Any] = field(default_factory=dict)
    cleaning: tuple[str, ...] = ()
    labels: dict[str, dict[int, str]] = field(default_factory=dict)
    cross_column: str = ""
    model_names: dict[str, str] = field(default_factory=dict)
    model_in_use: str | None = None
    can_undo: Event | None = None
    can_redo: Event | None = None
    damaged_artifacts: tuple[str, ...] = ()


def replay(events: Iterable[Event]) -> ProjectState:
    """Return the state that follows from all events."""
    events = tuple(events)
    taken_back = _taken_back(events)
    state = ProjectState()
    for event in events:
        if event.number not in taken_back:
            _apply(state, event)
    seen = _seen(events, state.last_clusters)
    state.topic_edits = tuple(e for e in seen if _is_active_edit(e, taken_back))
    state.can_undo, state.can_redo = _last_active(seen, taken_back), _last_undone(seen, taken_back)
    return state


def _apply(state: ProjectState, event: Event) -> None:  # noqa: PLR0912 - one branch a kind
    values: dict[str, Any] = event.values
    match event.kind:
        case "renamed":
            state.name = values["name"]
        case "roles_set":
            if values["roles"].get("text") != state.roles.get("text"):
                _leave_map(state)
            state.roles = dict(values["roles"])
        case "language_set":
            state.language = values["language"]
        case "made_current":
            if values["artifact"] == "table" and state.current.get("table") != values["key"]:
                _leave_table(state)
            state.current[values["artifact"]] = values["key"]
            if values["artifact"] == "clusters":
                state.topic_count = None
                state.last_clusters = values["key"]
        case "topic_count_set" | "topic_count_proposed":
            state.topic_count = values["count"]
        case "left_out_set":
            state.left_out_share = values["share"]
        case "cleaning_set":
            state.cleaning = tuple(values["remedies"])
        case "map_settings_set":
            state.map_settings = dict(values["settings"])
        case "labels_saved":
            state.labels[values["column"]] = {
                row: label for label, rows in values["labels"].items() for row in rows
            }
        case "labelled":
            column = state.labels.setdefault(values["column"], {})
            for row in values["rows"]:
                if values["label"] is None:
                    column.pop(row, None)
                else:
                    column[row] = values["label"]
        case "cross_column_chosen":
            state.cross_column = values["column"]
        case "model_named":
            state.model_names[values["key"]] = values["name"]
        case "model_chosen":
            state.model_in_use = values["key"]
        case "artifact_damaged":
            state.damaged_artifacts += (values["artifact"],)
        case _:
            pass  # topic edits, which `replay` gathers, and the rest: undone, redone


def _leave_table(state: ProjectState) -> None:
    """Rows are numbered within their table: with another one, what was said of them falls."""
    _leave_map(state)
    for kind in ("table", "prediction", "explanation"):
        state.current.pop(kind, None)
    state.labels = {}


def _leave_map(state: ProjectState) -> None:
    """A map is of one text column: with another one, it is to be made again."""
    for kind in ("vectors", "layout", "terms", "clusters"):
        state.current.pop(kind, None)


def _seen(events: tuple[Event, ...], clusters: str) -> tuple[Event, ...]:
    """Leave out what was done to the topics of another map: it is kept with that map."""
    since = max((e.number for e in events if _makes_map(e)), default=0)
    return tuple(
        e
        for e in events
        if e.values.get("clusters", clusters) == clusters
        and (e.kind != "topic_count_set" or e.number > since)
    )


def _makes_map(event: Event) -> bool:
    return event.kind == "made_current" and event.values["artifact"] == "clusters"


def _is_active_edit(event: Event, taken_back: set[int]) -> bool:
    return event.kind in TOPIC_EDITS and event.number not in taken_back


def _taken_back(events: tuple[Event, ...]) -> set[int]:
    taken_back: set[int] = set()
    for event in events:
        if event.kind == "undone":
            taken_back.add(event.values["event"])
        elif event.kind == "redone":
            taken_back.discard(event.values["event"])
    return taken_back


def _last_active(events: tuple[Event, ...], taken_back: set[int]) -> Event | None:
    return next(
        (e for e in reversed(events) if e.kind in UNDOABLE and e.number not in taken_back), None
    )


def _last_undone(events: tuple[Event, ...], taken_back: set[int]) -> Event | None:
    """The event that redo brings back: undone, and no new decision was made since."""
    by_number = {event.number: event for event in events}
    for event in reversed(events):
        if event.kind == "undone" and event.values["event"] in taken_back:
            return by_number.get(event.values["event"])
        if event.kind in UNDOABLE:
            return None
    return None
