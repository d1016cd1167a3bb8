"""``pi-devkit docs-list``: what there is to read."""

from __future__ import annotations

from dataclasses import asdict

from rich.table import Table

from pi_devkit import docs_list as documents
from pi_devkit.cli._output import AsJson, console, say_json
from pi_devkit.cli._workspace import here

__all__ = ["docs_list"]


def docs_list(*, as_json: AsJson = False) -> None:
    """List the documents, with what each is about and when to read it.

    [bold]Examples[/bold]

      pi-devkit docs-list
      pi-devkit docs-list --json | jq -r '.documents[].path'
    """
    found = documents.documents(here().root)
    if as_json:
        say_json({"documents": [asdict(document) for document in found]})
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("document", no_wrap=True)
    table.add_column("about")
    for document in found:
        when = f"\nread when {'; '.join(document.read_when)}" if document.read_when else ""
        table.add_row(document.path, document.summary + when)
    console().print(table)
