"""What errors of an object store or a disk mean, whichever library raised them: a caller's mistake, or one away."""

import re

from smelt.terms.errors import InputError, SmeltError, TransientError

_REQUEST = re.compile(r"Error performing \w+ (?P<url>\w+://[^\s?]+)")
_STATUS = re.compile(r"\b[45]\d\d [A-Z]\w+(?: [A-Z]\w+)*")
_CODE, _MESSAGE = (re.compile(rf"<{tag}>([^<]+)</{tag}>") for tag in ("Code", "Message"))
_COLOURED = re.compile(r"\x1b\[\d+m")
_INSTANCE_KEYS = ("169.254.169.254", "metadata.google.internal")
_NO_PLACE = re.compile(r"NoSuchBucket|ContainerNotFound|bucket does not exist", re.I)
_NO_RIGHT = re.compile(r"\b40[13] |lacked the necessary privileges|did not have valid authentication")
_NO_CONDITION = re.compile(r"\b501 |not (?:yet )?implemented|NotImplemented", re.I)
_SYSTEM = re.compile(r"(?:.*Generic LocalFileSystem error\W*)?(?P<what>.*?) \(os error \d+\)", re.DOTALL)
_AWAY = re.compile(r"\b(?:429|5\d\d) |HTTP error|error sending request|timed? ?out|client error \(|connection", re.I)


def explain(error: BaseException) -> SmeltError | None:
    """Return the error in our words; None if it is not of an object store, or one that nobody foresaw.

    Notes
    -----
    obstore, delta-rs and Polars share one client below: its text, with the request and the answer, is the only
    thing that all three pass on.
    """
    said = _COLOURED.sub("", str(error))
    request = _REQUEST.search(said)
    if request is None:
        return None
    where, answer = f"store {request['url']}", _answer(said)
    if any(place in said for place in _INSTANCE_KEYS):
        return InputError(
            "object store: no credentials; expected them in the environment (AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, AZURE_STORAGE_ACCOUNT_KEY or GOOGLE_SERVICE_ACCOUNT) or a role of this machine."
        )
    if _NO_PLACE.search(said):
        return InputError(f"{where}: {answer}; expected a bucket that is there. Make it, or mend the URL.")
    if _NO_RIGHT.search(said):
        return InputError(
            f"{where}: {answer}; expected keys that may list, read, write and delete there. Mend the keys "
            "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL; AZURE_… and GOOGLE_… likewise)."
        )
    if _NO_CONDITION.search(said):
        return InputError(f"{where}: {answer}; expected a store with conditional writes (AWS_CONDITIONAL_PUT=etag).")
    if _AWAY.search(said):
        return TransientError(f"{where}: {answer}; tried again for a while. Nothing is half done: run it again.")
    return None


def explain_system(error: BaseException) -> SmeltError | None:
    """Return in our words what the operating system refused (a full disk, no permission, no such file); else None.

    Notes
    -----
    The compiled libraries raise errors of their own for it, so that the text is again all that tells.
    """
    said = _COLOURED.sub("", str(error)).strip()
    found = _SYSTEM.search(said)
    if isinstance(error, BrokenPipeError) or (found is None and not isinstance(error, OSError)):
        return None
    what = " ".join((found["what"] if found else said.partition("\n")[0]).replace("↳", " ").split())
    return InputError(f"{what}. Check that path, its permissions and the disk's free space, then run it again.")


def _answer(said: str) -> str:
    """Return what the store said, in a few words."""
    code, message, status = _CODE.search(said), _MESSAGE.search(said), _STATUS.search(said)
    if code and message:
        return f"{code[1]}, {message[1].rstrip('.')}"
    return status[0] if status else "no answer"
