"""A report in words: one HTML page in the reader's language, for the screen and for paper."""

from functools import partial
from typing import Any

from core import __version__
from core.figures import number, percent, share
from core.i18n import N_, translate
from core.report.content import Report, TopicsByColumn
from core.report.cross_table import write_cross_table, write_findings
from core.report.templates import template

MOST_EXAMPLES = 24
KEYWORDS = 8
MISTAKES = 5

WORDS = {
    "kind": N_("Topic report"),
    "column_rows": N_("Rows"),
    "topics": N_("topics"),
    "left_out": N_("between the topics"),
    "without_text": N_("without a text"),
    "cleaned": N_("left out by cleaning"),
    "cleaned_row": N_("Left out by cleaning"),
    "map": N_("The map"),
    "map_meaning": N_(
        "Each dot is a text. Texts that say similar things lie close together; a colour is a topic."
    ),
    "sizes": N_("The topics"),
    "topic": N_("Topic"),
    "share": N_("Share"),
    "about": N_("What it is about: its keywords, and a text that stands for it"),
    "left_out_row": N_("Left out (noise): between the topics"),
    "excluded_row": N_("Taken out of the topics by hand"),
    "empty_row": N_("Without a text"),
    "all_rows": N_("All rows"),
    "grades_meaning": N_(
        "Clear, fair or vague: whether the texts of a topic are alike (coherence). Firm, fair "
        "or loose: whether it comes out again when some of the texts are left away (stability); "
        "the borders of a loose topic are a matter of chance."
    ),
    "model": N_("A model for new texts"),
    "class": N_("Class"),
    "precision": N_("Precision"),
    "recall": N_("Recall"),
    "f1": N_("F1"),
    "test_rows": N_("Test rows"),
    "mistakes": N_("Most frequent mistakes"),
    "precision_meaning": N_(
        "Precision: of the texts that the model calls so, how many are. Recall: of the texts that "
        "are so, how many it finds. F1: both in one figure."
    ),
    "making": N_("How this was made"),
}


def write_page(report: Report, language: str = "en") -> str:
    """Return the report as HTML that needs neither a server nor a network; all texts are escaped.

    It is drawn without any script, and its policy lets none run.
    """
    from babel.dates import format_date

    values: dict[str, Any] = {
        "language": language.replace("_", "-"),
        "words": {name: translate(message, language) for name, message in WORDS.items()},
        "report": report,
        "date": format_date(report.made, "long", locale=language),
        "heading": _heading(report, language),
        "subtitle": _subtitle(report),
        "listed": "、" if language.startswith("zh") else ", ",
        "lead": _lead(report, language),
        "topics": report.topics,
        "largest": max((topic.rows for topic in report.topics), default=1) or 1,
        "asides": _asides(report, language),
        "most_examples": MOST_EXAMPLES,
        "map_note": _map_note(report, language),
        "examples_note": _examples_note(report, language),
        "by_column": _by_column(report, language),
        "further_columns": [
            (_by_column_title(found, language), write_findings(found, language))
            for found in report.further_columns
        ],
        "model_sentence": _model_sentence(report, language),
        "mistakes": _mistakes(report, language),
        "signature": translate(N_("Made with Textlode {version}."), language, version=__version__),
        "keywords": KEYWORDS,
        "say": partial(translate, language=language),
    }
    return template("page.html").render(values)


def _asides(report: Report, language: str) -> list[tuple[str, int]]:
    """Return the rows that are in no topic, by why: with the topics they are all rows."""
    say = partial(translate, language=language, what=translate(WORDS["cleaned_row"], language))
    return [
        (translate(WORDS["left_out_row"], language), report.left_out),
        (translate(WORDS["excluded_row"], language), report.excluded),
        *((say(N_("{what}: {why}"), why=say(why)), rows) for why, rows in report.cleaned),
        (translate(WORDS["empty_row"], language), report.empty),
    ]


def _heading(report: Report, language: str) -> str:
    """Return what the page is about, in words that need no knowledge of the project."""
    texts = report.rows - report.empty
    if texts == 1:
        return translate(N_("What one text is about"), language)
    return translate(N_("What {n} texts are about"), language, n=number(texts))


def _subtitle(report: Report) -> list[str]:
    """Return what the project is called, if not like a file of it, and its files."""
    known = {name for file in report.files for name in (file, file.rpartition(".")[0])}
    return [name for name in (report.title,) if name not in known] + list(report.files)


def _lead(report: Report, language: str) -> str:
    """Return what a reader should know who reads no further."""
    from babel.lists import format_list

    if not report.topics:
        return translate(
            N_("{rows} texts were laid out. There are no topics in them."),
            language,
            rows=number(report.laid_out),
        )
    first = report.topics[:3]
    names = [translate(N_("“{name}”"), language, name=topic.name) for topic in first]
    if len(report.topics) == 1:
        parts = [
            translate(
                N_("{rows} texts fall into one topic: {name}."),
                language,
                rows=number(report.in_topics),
                name=names[0],
            )
        ]
    else:
        parts = [
            translate(
                N_("{rows} texts fall into {topics} topics."),
                language,
                rows=number(report.in_topics),
                topics=len(report.topics),
            ),
            translate(
                N_("The largest are {names}: together {share} of all rows."),
                language,
                names=format_list(names, locale=language),
                share=share(sum(topic.rows for topic in first), report.rows),
            ),
        ]
    if report.left_out:
        parts.append(
            translate(
                N_("Left out as they lie between the topics: {n} ({share})."),
                language,
                n=number(report.left_out),
                share=share(report.left_out, report.rows),
            )
        )
    if report.rejected:
        parts.append(
            translate(
                N_("Lines of the file that are no rows of the table: {n}."),
                language,
                n=number(report.rejected),
            )
        )
    return _gap(language).join(parts)


def _gap(language: str) -> str:
    """Sentences stand apart by a blank, except in Chinese."""
    return "" if language.startswith("zh") else " "


def _map_note(report: Report, language: str) -> str:
    picture = report.picture
    notes = []
    if picture.dots != picture.texts:
        drawn = {"dots": number(picture.dots), "texts": number(picture.texts)}
        notes.append(
            translate(N_("{dots} of {texts} different texts are drawn."), language, **drawn)
        )
    if picture.numbered:
        notes.append(translate(N_("A number is a topic of that rank in the table."), language))
    return _gap(language).join(notes)


def _examples_note(report: Report, language: str) -> str:
    if len(report.topics) <= MOST_EXAMPLES:
        return ""
    return translate(
        N_("Texts are shown of the {n} largest of {all} topics."),
        language,
        n=MOST_EXAMPLES,
        all=len(report.topics),
    )


def _by_column(report: Report, language: str) -> tuple[str, str] | None:
    """Return the title and the HTML of the table of topics by a column; None without one."""
    found = report.by_column
    if found is None:
        return None
    return _by_column_title(found, language), write_cross_table(found, language)


def _by_column_title(found: TopicsByColumn, language: str) -> str:
    return translate(N_("Topics by {column}"), language, column=found.column)


def _model_sentence(report: Report, language: str) -> str:
    model = report.model
    if model is None:
        return ""
    return translate(
        N_(
            "The model “{name}” learned {label} from {train} rows. It is right for {accuracy} of "
            "{rows} test rows that it had not seen (between {low} and {high} with 95% certainty)."
        ),
        language,
        name=model.name,
        label=model.label,
        train=number(model.train_rows),
        accuracy=percent(model.accuracy),
        rows=number(model.test_rows),
        low=percent(model.interval[0]),
        high=percent(model.interval[1]),
    )


def _mistakes(report: Report, language: str) -> list[str]:
    if report.model is None:
        return []
    return [
        translate(
            N_("Rows of “{true}” taken for “{said}”: {n}"),
            language,
            true=true,
            said=said,
            n=number(n),
        )
        for true, said, n in report.model.mistakes[:MISTAKES]
    ]
