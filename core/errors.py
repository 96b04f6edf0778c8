"""One small tree of errors, each of which a person can act on.

::

    TextlodeError
    |-- InputError            a file or a value that somebody gave is not what was asked for
    |   |-- FileProblem       a file that cannot be read as a table
    |   |-- ColumnMissing     a column that the table does not have
    |   `-- SettingInvalid    a setting out of its range
    |-- NotReady              a step needs the result of another one first
    |-- ProjectProblem        a project that is missing, damaged, too new or in use
    |   `-- ArtifactDamaged   the result of a step that no longer matches its checksum
    |-- OutOfRoom             the disk or the memory is full
    |-- EncoderProblem        an encoder or a model that cannot be loaded
    |-- JobProblem            a job that cannot be started, found or finished
    `-- Cancelled             somebody asked for the work to stop

A message is one or two sentences: what was found, what was expected, what to do. It is a
template, marked for translation with `N_` and filled in with named values, so that a page can
say the same in the reader's language::

    raise ColumnMissing(
        N_("There is no column {column}. The columns are {columns}: choose one of these."),
        column="txt", columns="id, text",
    )
"""

from typing import Any


class TextlodeError(Exception):
    """What every error of this library is.

    `template` is the untranslated sentence, `values` what fills it in; both survive pickling, so
    that an error of a worker process reaches the page in the reader's language.
    """

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template, values)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values) if self.values else self.template

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.template, self.values)


def _rebuild(kind: type[TextlodeError], template: str, values: dict[str, Any]) -> TextlodeError:
    return kind(template, **values)


class InputError(TextlodeError):
    """A file or a value that somebody gave is not what was asked for."""


class FileProblem(InputError):
    """A file that cannot be read as a table."""


class ColumnMissing(InputError):
    """A column that the table does not have."""


class SettingInvalid(InputError):
    """A setting out of its range."""


class NotReady(TextlodeError):
    """A step needs the result of another one first."""


class ProjectProblem(TextlodeError):
    """A project that is missing, damaged, too new or in use."""


class ArtifactDamaged(ProjectProblem):
    """The result of a step that no longer matches its checksum."""


class OutOfRoom(TextlodeError):
    """The disk or the memory is full."""


class EncoderProblem(TextlodeError):
    """An encoder or a model that cannot be loaded."""


class JobProblem(TextlodeError):
    """A job that cannot be started, found or finished."""


class Cancelled(TextlodeError):
    """Somebody asked for the work to stop."""
