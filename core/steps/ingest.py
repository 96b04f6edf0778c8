"""Files become the table of a project."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data import (
    ColumnType,
    ReadOptions,
    Roles,
    detect_language,
    profile_table,
    propose_roles,
    read_tables,
)
from core.errors import ColumnMissing, InputError
from core.i18n import N_
from core.progress import Progress
from core.project import Artifact, Draft, Project, Recipe
from core.steps.columns import no_column

ROLES = ("text", "label", "date", "id")
LOOKED_AT = 5000


@dataclass(frozen=True)
class IngestSettings:
    """Which files to read, and how. A role left empty is proposed from the columns."""

    files: tuple[str, ...]
    text: str = ""
    label: str = ""
    date: str = ""
    id: str = ""
    reading: dict[str, Any] = field(default_factory=dict)


def ingest(project: Project, settings: IngestSettings, progress: Progress) -> dict[str, Any]:
    """Read the files, keep every row, propose what each column is for."""
    paths = [Path(file) for file in settings.files]
    # Never raised: labels, edits and maps hang on the rows of a table. A project keeps the table
    # that it was made with, though today's reader might set aside another line; reading the file
    # with other options, or in a new project, reads it anew.
    recipe = Recipe(
        "table",
        settings={
            "files": [[path.name, content_hash(path)] for path in paths],
            "reading": settings.reading,
        },
    )

    def build(draft: Draft, scratch: Path) -> None:
        result = read_tables(paths, ReadOptions.from_json(settings.reading), progress)
        profile = profile_table(result.table, progress)
        roles = propose_roles(profile)
        draft.save_table("table", result.table)
        draft.save_table("rejects", result.rejects)
        draft.save_json("reading", result.to_json())
        draft.save_json("profile", profile.to_json())
        draft.save_json("roles", roles.to_json())

    artifact = project.make(recipe, build)
    _check_content(artifact)
    project.make_current(artifact)  # so that a person sees what there is to choose from
    columns = list(artifact.json("reading")["columns"])
    # What a person chose stays chosen when the file is read differently.
    kept = {role: name for role, name in project.state.roles.items() if name in columns}
    proposed = Roles.from_json({**artifact.json("roles"), **kept})
    roles = choose_roles(columns, settings, proposed)
    set_roles(project, roles)
    reading = artifact.json("reading")
    return {
        "rows": reading["rows"],
        "rejected": reading["rejected"],
        "columns": reading["columns"],
        "roles": roles,
        "language": project.state.language,
    }


def _check_content(table: Artifact) -> None:
    """Raise InputError for a table that has nothing to show: neither rows nor filled cells."""
    profile = table.json("profile")
    if not profile["rows"]:
        raise InputError(
            N_(
                "The file has a line of names and no rows below it. If that line is a row, choose "
                "0 lines with names under Read it differently."
            )
        )
    if all(column["type"] == ColumnType.EMPTY for column in profile["columns"]):
        raise InputError(
            N_("All cells of the {rows} rows are empty. Give a file with texts in it."),
            rows=profile["rows"],
        )


def choose_roles(columns: list[str], settings: IngestSettings, proposed: Roles) -> dict[str, str]:
    """Return a column for each role: the wanted one where one is named, else the proposed one."""
    wanted = {role: getattr(settings, role) for role in ROLES}
    for column in filter(None, wanted.values()):
        if column not in columns:
            raise no_column(column, columns)
    chosen = {role: wanted[role] or getattr(proposed, role) or "" for role in ROLES}
    if not chosen["text"]:
        raise ColumnMissing(
            N_("No column looks like texts. The columns are {columns}: name the one to read."),
            columns=", ".join(columns[:30]),
        )
    return {role: column for role, column in chosen.items() if column}


def set_roles(project: Project, roles: dict[str, str]) -> None:
    """Write down what the columns are for and, with a new text column, the texts' language."""
    texts, texts_before = roles.get("text"), project.state.roles.get("text")
    if project.state.roles != roles:
        project.record("roles_set", roles=roles)
    if texts and (texts != texts_before or project.state.language == "und"):
        language = _language_of(project.current("table"), texts)
        if language != project.state.language:
            project.record("language_set", language=language)


def _language_of(table: Artifact, column: str) -> str:
    """Return the language that the profile names; of a column without one, that of its start."""
    profile = table.json("profile")["columns"]
    named = next((one.get("language") for one in profile if one["name"] == column), None)
    if named:
        return str(named)
    first = next(table.batches("table", LOOKED_AT, [column]), None)
    return detect_language(first.column(0)) if first is not None else "und"


def content_hash(path: Path) -> str:
    """Return a hash of a file's bytes; "" for what is no file."""
    if not path.is_file():
        return ""  # the reader says in words what is wrong with it
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
