"""What is in a project becomes one page that can be sent on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.cleaning import LEFT_OUT
from core.data.texts import Fault
from core.embed import encoder_cards
from core.errors import SettingInvalid
from core.figures import number
from core.i18n import LANGUAGES, N_, translate
from core.palette import category
from core.progress import Progress
from core.project import Artifact, Project
from core.project.files import write_bytes
from core.report import (
    MapPicture,
    ModelSection,
    PicturedTopic,
    Report,
    TopicSection,
    draw_map,
    write_page,
)
from core.steps.cleaning import edits_behind
from core.steps.cross_tables import further_columns, telling_column, topics_by_column
from core.steps.exporting import hash_of
from core.steps.measuring import Measure, measured
from core.steps.models import list_models
from core.steps.opened_map import OpenMap, open_map
from core.steps.topic_edits import EMPTY, EXCLUDED
from core.steps.topics import Topic, TopicView, load_topics

# Settings of the map and its clusters that a reader may ask for; others have their own names.
SETTING_NAMES = {
    "n_neighbors": N_("neighbours"),
    "min_dist": N_("spread"),
    "min_cluster_size": N_("smallest cluster"),
    "seed": N_("seed"),
    "min_samples": N_("neighbours of a dense place"),
    "engine": N_("engine"),
}
# Each language has marks of its own between what stands in a line.
THEN, FURTHER, CLOSER = N_("{first}, {second}"), N_("{first}; {second}"), N_("{name} ({more})")
SET_ASIDE = N_("lines set aside: {n}")
LOST_CELLS = N_("rows without their last cells, for which there are no columns: {n}")
HTML_GONE = N_("what was left of HTML taken out of the texts")
LINES_GONE = N_("lines that many texts share taken out: {n}")
ROWS_GONE = N_("rows left out ({why}): {n}")
DELIMITERS = {",": N_("commas"), ";": N_("semicolons"), "\t": N_("tabs")}


@dataclass(frozen=True)
class ReportSettings:
    """Where to write the page, an .html file, and in which language.

    It shows the topics by the column `by`; empty for the one that a person chose last, or else the
    one that goes most closely together with them. Of other columns it tells what stands out.
    """

    out: str
    language: str = "en"
    by: str = ""

    def __post_init__(self) -> None:
        if not self.out.lower().endswith((".html", ".htm")):
            raise SettingInvalid(
                N_("{name} does not end in .html. A report is a web page: name it so."),
                name=Path(self.out).name,
            )
        if self.language not in LANGUAGES:
            raise SettingInvalid(
                N_("There is no language {language}. The languages are {languages}."),
                language=self.language,
                languages=", ".join(LANGUAGES),
            )


def report(project: Project, settings: ReportSettings, progress: Progress) -> dict[str, Any]:
    """Write the report of a project that has a map. Raises NotReady when there is none."""
    topics = load_topics(project)
    contents = contents_of_report(project)
    column = settings.by or telling_column(project, topics, progress)
    by_column = topics_by_column(project, topics, column) if column else None
    further = further_columns(project, topics, column, progress)
    progress(0, 0, N_("Drawing the map"))
    picture = picture_of(project, topics)
    measures = measured(project, topics, progress)
    progress(0, 0, N_("Writing the report"))
    found = gather(project, topics, picture, measures, settings.language)
    found = replace(found, by_column=by_column, further_columns=further)
    page = write_page(found, settings.language)
    path = Path(settings.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, page.encode())
    return {
        "file": str(path),
        "topics": len(topics.topics),
        "rows": topics.row_count,
        "by": column,
        "revision": project.revision,
        "contents": contents,
    }


def contents_of_report(project: Project) -> str:
    """Return a hash of what a report tells of; labels and what is only looked at are not in it."""
    topics, state = load_topics(project), project.state
    said = [(topic.id, topic.name, topic.note, topic.colour) for topic in topics.topics]
    return hash_of(
        {
            "name": project.name,
            "table": project.current("table").key,
            "topics": [project.current("clusters").key, topics.fingerprint, said],
            "edits": len(state.topic_edits),
            "column": state.cross_column,
            "model": [state.model_in_use, state.model_names.get(state.model_in_use or "")],
        }
    )


def picture_of(project: Project, topics: TopicView, ranks: bool = True) -> MapPicture:
    """Return the map of a project as SVG, its topics by their names and colours."""
    pictured = [
        PicturedTopic(topic.id, rank, topic.name, colour_of(topic), topic.rows)
        for rank, topic in enumerate(topics.topics, 1)
    ]
    places = places_in_sight(open_map(project), topics)
    return draw_map(places, topics.topic_of_unit, pictured, project.name, ranks=ranks)


def places_in_sight(opened: OpenMap, topics: TopicView) -> npt.NDArray[np.float32]:
    """Return the place of each text (n, 2); NaN for those that a person took out of sight."""
    excluded = topics.topic_of_unit == EXCLUDED
    return np.where(excluded[:, None], np.float32("nan"), np.asarray(opened.places))


def gather(
    project: Project,
    topics: TopicView,
    picture: MapPicture,
    measures: dict[int, Measure],
    language: str,
) -> Report:
    """Return what the report of a project says."""
    table = project.current("table")
    no_map = int((topics.topic_of_row == EMPTY).sum())
    cleaned = rows_cleaned_out(project)
    return Report(
        title=project.name,
        made=date.today(),
        files=file_names(table),
        rows=topics.row_count,
        rejected=int(table.json("reading")["rejected"]),
        empty=no_map - sum(cleaned.values()),
        left_out=topics.left_out_rows - topics.deleted_rows,
        excluded=topics.excluded_rows + topics.deleted_rows,
        topics=tuple(
            TopicSection(
                topic.name, colour_of(topic), topic.rows, topic.keywords, topic.examples,
                note=topic.note, grades=_grades(measures.get(topic.id)),
            )
            for topic in topics.topics
        ),
        picture=picture,
        model=_model(project),
        making=tuple(_making(project, topics, language)),
        cleaned=tuple(cleaned.items()),
    )  # fmt: skip


def rows_cleaned_out(project: Project) -> dict[str, int]:
    """Return how many rows with a text are not on the map, by reason in marked words."""
    inputs = _vectors(project).inputs
    if inputs.get("texts", "") not in project.artifacts:
        return {}
    counts = project.artifacts.open(inputs["texts"]).json("left_out")
    return {why: rows for why, rows in counts.items() if why != LEFT_OUT[Fault.EMPTY]}


def _vectors(project: Project) -> Artifact:
    """Return the vectors that the map was made of."""
    layout = project.artifacts.open(project.current("clusters").inputs["layout"])
    return project.artifacts.open(layout.inputs["vectors"])


def _grades(measure: Measure | None) -> tuple[str, ...]:
    return (measure.coherence_grade, measure.stability_grade) if measure else ()


def colour_of(topic: Topic) -> str:
    """Return a topic's colour as "#rrggbb"."""
    return category(topic.colour)


def file_names(table: Artifact) -> tuple[str, ...]:
    """Return the names of the files that a table was read from."""
    files = table.settings.get("files") or [[name] for name in table.inputs]
    return tuple(str(file[0]) for file in files)


def _model(project: Project) -> ModelSection | None:
    """Return the model in use and how it did; None where none was taught."""
    model = next((model for model in list_models(project) if model.in_use), None)
    if model is None:
        return None
    found = model.report
    after = found["after"]
    return ModelSection(
        name=model.name,
        label=str(model.artifact.settings["label"]),
        accuracy=after["accuracy"],
        interval=(after["interval"][0], after["interval"][1]),
        test_rows=found["rows"]["test"],
        train_rows=found["rows"]["train"],
        classes=tuple(after["classes"]),
        mistakes=tuple((true, said, rows) for true, said, rows in found["mistakes"]),
    )


def _making(project: Project, topics: TopicView, language: str) -> list[tuple[str, str]]:
    """Return how the map came about, as names and values in a language."""
    say = partial(translate, language=language)
    table, clusters = project.current("table"), project.current("clusters")
    layout = project.artifacts.open(clusters.inputs["layout"])
    vectors = _vectors(project)
    embedding = vectors.json("embedding")
    files = _in_a_row(THEN, file_names(table), language)
    facts = [
        (say(N_("File")), say(CLOSER, name=files, more=_reading(table, language))),
        *_set_aside(table, language),
        (say(N_("Texts")), str(vectors.settings["column"])),
        *_cleaning(project, vectors, language),
        (say(N_("Encoder")), _encoder(embedding, language)),
        (
            say(N_("Computed with")),
            _in_a_row(THEN, [embedding["device"], embedding["precision"]], language),
        ),
        (say(N_("Map (UMAP)")), _settings(layout, language)),
        (say(N_("Clusters (HDBSCAN)")), _settings(clusters, language)),
        (say(N_("Topics")), _cut(topics, language)),
    ]
    if edits := len(project.state.topic_edits):
        words = translate(N_("changes to names and topics: {n}"), language, n=edits)
        facts.append((say(N_("By hand")), words))
    return facts


def _in_a_row(marks: str, parts: Iterable[str], language: str) -> str:
    """Return parts in one line, with marks between them that the language has."""
    return reduce(lambda first, one: translate(marks, language, first=first, second=one), parts)


def _cut(topics: TopicView, language: str) -> str:
    """Return into how many topics the tree was cut, and how many a person made of these."""
    values = {
        "n": len(topics.topics),
        "cut": topics.count,
        "most": topics.most,
        "share": f"{100 * topics.left_out_share:.3g}%",
    }
    if values["n"] == topics.count:
        return translate(
            N_("{n} of at most {most}; at most {share} of the texts left out, the least certain"),
            language,
            **values,
        )
    return translate(
        N_(
            "{n}, after the map was cut into {cut} of at most {most} and changed by hand; at "
            "most {share} of the texts left out, the least certain"
        ),
        language,
        **values,
    )


def _reading(table: Artifact, language: str) -> str:
    """Return how the file is written: its encoding, what separates values, the line of names."""
    values = dict((table.json("reading").get("summary") or {}).get("values", {}))
    words = [str(values.get("encoding", ""))]
    if mark := values.get("delimiter"):
        shown = translate(DELIMITERS[mark], language) if mark in DELIMITERS else mark
        words.append(translate(N_("separated by {delimiter}"), language, delimiter=shown))
    if line := values.get("line"):
        words.append(translate(N_("names in line {line}"), language, line=line))
    return _in_a_row(THEN, [word for word in words if word] or [""], language)


def _set_aside(table: Artifact, language: str) -> list[tuple[str, str]]:
    """Return what of the file is not in the table, or not whole; nothing where all of it is."""
    reading = table.json("reading")
    counts = {
        SET_ASIDE: reading["rejected"] + len(reading.get("preamble", [])),
        LOST_CELLS: reading.get("long_rows", 0),
    }
    said = [translate(words, language, n=number(n)) for words, n in counts.items() if n]
    if not said:
        return []
    return [(translate(N_("Not in the table"), language), _in_a_row(FURTHER, said, language))]


def _cleaning(project: Project, vectors: Artifact, language: str) -> list[tuple[str, str]]:
    """Return what was taken out of the texts and which rows were left out; nothing if neither."""
    edits = edits_behind(project, vectors.inputs)
    said = [translate(HTML_GONE, language)] if edits.markup else []
    if edits.lines:
        said.append(translate(LINES_GONE, language, n=number(len(edits.lines))))
    for why, rows in rows_cleaned_out(project).items():
        values = {"why": translate(why, language), "n": number(rows)}
        said.append(translate(ROWS_GONE, language, **values))
    if not said:
        return []
    return [(translate(N_("Cleaning"), language), _in_a_row(FURTHER, said, language))]


def _encoder(embedding: dict[str, Any], language: str) -> str:
    """Return the encoder's title; one that came from a folder has its own name only."""
    name = str(embedding["encoder"])
    titles = {card.name: translate(card.title, language) for card in encoder_cards()}
    words = name
    if name in titles:
        words = translate(CLOSER, language, name=titles[name], more=name)
    if embedding.get("cut"):
        cut = translate(N_("texts cut at its limit: {n}"), language, n=number(embedding["cut"]))
        words = _in_a_row(FURTHER, [words, cut], language)
    return words


def _settings(artifact: Artifact, language: str) -> str:
    """Return the settings of an artifact in one line, without those that chose themselves."""
    chosen = {
        name: value
        for name, value in artifact.settings.items()
        if value not in (None, "") and (name, value) != ("epochs", 0)
    }
    names = {name: translate(SETTING_NAMES.get(name, name), language) for name in chosen}
    said = [f"{names[name]} {value}" for name, value in chosen.items()]
    return _in_a_row(THEN, said or [""], language)
