"""A command's answer as a value, for notebooks: the words are those of the command line."""

from __future__ import annotations

import click

from azcost.cli import main
from azcost.errors import AzcostError
from azcost.report.document import Document


def ask(*words: str) -> Document:
    """The document that answers a command line, such as "compare", "arch.yaml", "--allow", "spot".

    Raises AzcostError for what the command refuses, and for commands that answer with
    something else than a document.
    """
    answers: list[Document] = []
    try:
        main.main(args=list(words), standalone_mode=False, obj=answers)
    except click.ClickException as error:
        raise AzcostError(error.format_message()) from error
    except SystemExit:
        pass  # its exit code says what the document says, too
    if not answers:
        raise AzcostError(f"`azcost {' '.join(words[:1])}` does not answer with a document.")
    return answers[0]
