"""What a step is: a name, its settings, and a function of a project."""

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import SettingInvalid
from core.i18n import N_
from core.progress import Progress
from core.project import Project

Run = Callable[[Project, Any, Progress], dict[str, Any]]


@dataclass(frozen=True)
class Step:
    """One kind of work on a project.

    `run` takes the project, an instance of `settings` and a progress, saves what it makes in the
    project, and returns a summary of JSON values: what was made, counts, seconds.
    """

    name: str
    title: str
    settings: type[Any]
    run: Run

    def read_settings(self, values: dict[str, Any]) -> Any:
        """Return the step's settings from JSON values.

        Raises SettingInvalid for a name that the step does not know or that it needs; what values
        may be is the settings' own to check.
        """
        fields = {field.name: field for field in dataclasses.fields(self.settings)}
        unknown = sorted(set(values) - set(fields))
        if unknown:
            raise SettingInvalid(
                N_("{step} has no setting {unknown}. It has {known}."),
                step=self.name,
                unknown=", ".join(unknown),
                known=", ".join(fields),
            )
        required = dataclasses.MISSING
        missing = [
            name
            for name, field in fields.items()
            if field.default is required
            and field.default_factory is required
            and name not in values
        ]
        if missing:
            raise SettingInvalid(
                N_("{step} needs the setting {missing}."),
                step=self.name,
                missing=", ".join(missing),
            )
        hints = typing.get_type_hints(self.settings)
        return self.settings(**{name: _cast(hints[name], value) for name, value in values.items()})


def _cast(hint: Any, value: Any) -> Any:
    """JSON has lists where settings have tuples."""
    if typing.get_origin(hint) is tuple and isinstance(value, list):
        return tuple(value)
    return value
