"""What a command does with an error: one sentence and exit code 2 for the caller's mistakes."""

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from smelt.terms.errors import SmeltError, TransientError

P = ParamSpec("P")
R = TypeVar("R")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what is foreseen into a line on standard error and an exit code: 2, or 75 if trying again may help.

    An interrupt is 130; a closed pipe ends the command well.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BrokenPipeError as error:  # the reader had enough: smelt sql … | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except Exception as error:
            known = _known(error)
            if known is None:
                raise
            print(f"smelt: {known}", file=sys.stderr)  # noqa: T201
            raise typer.Exit(75 if isinstance(known, TransientError) else 2) from error
        except KeyboardInterrupt as error:
            print("smelt: stopped; what was committed stays, run it again to go on.", file=sys.stderr)  # noqa: T201
            raise typer.Exit(130) from error

    return run


def _known(error: Exception) -> SmeltError | None:
    """Return what smelt, a store or the operating system raised in our words; None if it is a bug."""
    from smelt.lake.store_errors import explain, explain_system

    return error if isinstance(error, SmeltError) else explain(error) or explain_system(error)
