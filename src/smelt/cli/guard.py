"""What a command does with an error: one sentence and exit code 2 for the caller's mistakes."""

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

P = ParamSpec("P")
R = TypeVar("R")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn InputError into one line on standard error and exit code 2, an interrupt into 130; a closed pipe ends it."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        from smelt.terms.errors import InputError, TransientError

        try:
            return command(*args, **kwargs)
        except InputError as error:
            print(f"smelt: {error}", file=sys.stderr)  # noqa: T201
            raise typer.Exit(2) from error
        except TransientError as error:
            print(f"smelt: {error}", file=sys.stderr)  # noqa: T201
            raise typer.Exit(75) from error
        except BrokenPipeError as error:  # the reader had enough: smelt sql … | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from error
        except OSError as error:  # a file where a folder should be, no permission, a full disk
            said = str(error).strip().splitlines()[0]
            print(f"smelt: {said}. Check that path and its permissions, then run it again.", file=sys.stderr)  # noqa: T201
            raise typer.Exit(2) from error
        except KeyboardInterrupt as error:
            print("smelt: stopped; what was committed stays, run it again to go on.", file=sys.stderr)  # noqa: T201
            raise typer.Exit(130) from error

    return run
