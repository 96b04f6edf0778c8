"""Which column is the text, the label, the date and the id: proposed, with the reason."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.data.profile import ColumnProfile, ColumnType, TableProfile
from core.i18n import N_

TEXT_NAMES = frozenset([
    "text", "texts", "body", "content", "comment", "comments", "message", "review", "reviews",
    "description", "abstract", "summary", "question", "answer", "tweet", "post", "sentence",
    "utterance", "document", "feedback", "complaint", "narrative", "transcript", "speech", "note",
    "remark", "remarks", "texto", "texte", "kommentar", "beschreibung", "正文", "内容", "文本",
    "评论", "留言", "描述", "简介", "反馈",
])  # fmt: skip
LABEL_NAMES = frozenset([
    "label", "labels", "category", "class", "topic", "intent", "sentiment", "target", "rating",
    "stars", "type", "tag", "section", "department", "party", "status", "kategorie", "categoria",
    "catégorie", "类别", "分类", "标签", "情感", "评分",
])  # fmt: skip
DATE_NAMES = frozenset([
    "date", "time", "day", "created", "published", "added", "timestamp", "datum", "日期", "时间",
])  # fmt: skip
ID_NAMES = frozenset([
    "id", "key", "uuid", "index", "number", "no", "nr", "编号", "序号",
])  # fmt: skip
YEAR_NAMES = frozenset(("year", "jahr", "年", "年份"))
MOST_LABELS = 300
Reason = dict[str, Any]


@dataclass(frozen=True)
class Roles:
    """The proposed column for each role, "" where none fits, and the reason as a sentence.

    A reason is {"template": a marked sentence, "values": what fills it in}.
    """

    text: str = ""
    label: str = ""
    date: str = ""
    id: str = ""
    reasons: dict[str, Reason] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the roles as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Roles":
        """Return the roles of a JSON object."""
        return cls(**values)


def propose_roles(profile: TableProfile) -> Roles:
    """Propose a column for each role from what the columns hold and what they are called."""
    chosen: dict[str, str] = {}
    reasons: dict[str, Reason] = {}
    for role, choose in (("text", _text), ("label", _label), ("date", _date), ("id", _id)):
        free = [column for column in profile.columns if column.name not in chosen.values()]
        column = choose(free)
        if column is not None:
            chosen[role] = column.name
            reasons[role] = _reason(role, column)
    return Roles(**chosen, reasons=reasons)


def _is_named(column: ColumnProfile, names: frozenset[str]) -> bool:
    """Whether a column's name, or a word of it, is telling: `reviewText`, `date_added`."""
    spaced = "".join(f" {c}" if c.isupper() else c for c in column.name.strip())
    words = spaced.replace("_", " ").replace("-", " ").replace(".", " ").lower().split()
    return column.name.strip().lower() in names or not names.isdisjoint(words)


def _text(columns: Sequence[ColumnProfile]) -> ColumnProfile | None:
    found = [column for column in columns if column.type is ColumnType.TEXT]
    if not found:
        found = [
            column
            for column in columns
            if column.type is ColumnType.CATEGORY
            and (column.words >= 2 or _is_named(column, TEXT_NAMES))
        ]
    if not found and len(columns) == 1 and columns[0].type is not ColumnType.EMPTY:
        return columns[0]
    return max(found, key=_text_weight, default=None)


def _text_weight(column: ColumnProfile) -> float:
    """Weigh words, variety and presence; a telling name counts as double."""
    variety = column.distinct / max(1, column.filled)
    presence = column.filled / max(1, column.rows)
    named = 2.0 if _is_named(column, TEXT_NAMES) else 1.0
    length = float(min(column.words, 200.0) ** 0.7)
    return length * variety * presence * named


def _label(columns: Sequence[ColumnProfile]) -> ColumnProfile | None:
    found = [
        column
        for column in columns
        if 2 <= column.distinct <= MOST_LABELS
        and column.filled >= 2 * column.distinct
        and (
            column.type is ColumnType.CATEGORY
            or (column.type is ColumnType.NUMBER and _is_named(column, LABEL_NAMES))
        )
    ]
    return max(
        found,
        key=lambda c: (_is_named(c, LABEL_NAMES), c.filled, -abs(c.distinct - 20)),
        default=None,
    )


def _date(columns: Sequence[ColumnProfile]) -> ColumnProfile | None:
    found = [column for column in columns if column.type is ColumnType.DATE]
    years = [
        column
        for column in columns
        if column.type is ColumnType.NUMBER and column.name.strip().lower() in YEAR_NAMES
    ]
    return max(found or years, key=lambda c: (_is_named(c, DATE_NAMES), c.filled), default=None)


def _id(columns: Sequence[ColumnProfile]) -> ColumnProfile | None:
    found = [c for c in columns if c.type is ColumnType.ID and 2 * c.filled >= c.rows]
    return max(found, key=lambda c: (_is_named(c, ID_NAMES), c.filled), default=None)


def _reason(role: str, column: ColumnProfile) -> Reason:
    if role == "text" and column.distinct == 1:
        template = N_("It holds words: {words} on average.")
        return {"template": template, "values": {"words": round(column.words)}}
    if role == "text":
        return {
            "template": N_("Longest and most varied: {words} words on average, {n} texts."),
            "values": {"words": round(column.words), "n": column.distinct},
        }
    if role == "label":
        template = N_("{n} different values, which come again and again.")
        return {"template": template, "values": {"n": column.distinct}}
    if role == "date":
        return {"template": N_("Its values are dates."), "values": {}}
    if column.distinct < column.filled:
        template = N_("Nearly each row has a value of its own: {n} different ones in {rows} rows.")
        return {"template": template, "values": {"n": column.distinct, "rows": column.filled}}
    return {"template": N_("Each row has a value of its own."), "values": {}}
