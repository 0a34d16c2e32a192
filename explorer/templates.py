"""Pages and tables from templates: files beside the code that fills them, by Jinja2."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def render(template: Path, **values: object) -> str:
    """The template filled with these values, each escaped for HTML unless it is `markupsafe.Markup`.

    A template may include and import others of its folder.

    Raises:
        jinja2.UndefinedError: where the template asks for a value that is not given.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "greeting.html"
    ...     _ = path.write_text("<b>{{ name }}</b>")
    ...     render(path, name="<i>")
    '<b>&lt;i&gt;</b>'
    """
    return _folder(template.parent).get_template(template.name).render(values)


@cache
def _folder(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
