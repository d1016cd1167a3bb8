"""``pi-devkit docs-list``: what there is to read."""

from __future__ import annotations

from dataclasses import asdict

from pi_devkit import docs_list as documents
from pi_devkit.cli._workspace import here
from pi_host.commandline import AsJson, console, say_json, table

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
    shown = table("document", "about")
    for document in found:
        when = f"\nread when {'; '.join(document.read_when)}" if document.read_when else ""
        shown.add_row(document.path, document.summary + when)
    console().print(shown)
