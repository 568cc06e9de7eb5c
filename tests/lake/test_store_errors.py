"""Errors of an object store, as each library words them, in our words."""

import pytest

from smelt.lake.store_errors import explain, explain_system
from smelt.terms.errors import InputError, TransientError

GET = "Generic S3 error: Error performing list request: Error performing GET http://127.0.0.1:7951/lake?list-type=2"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{}</Code><Message>{}</Message></Error>'
KERNEL = "Kernel error -> The operation lacked the necessary privileges to complete for path x/_last_checkpoint\n \x1b[31m↳\x1b[0m Error performing GET http://h:1/lake/x in 1ms - Server returned non-2xx status code\n \x1b[31m↳\x1b[0m 403 Forbidden\n \x1b[31m↳\x1b[0m "  # noqa: E501


@pytest.mark.parametrize(
    ("said", "kind", "expected"),
    [
        (
            f"{GET} in 5ms - Server returned non-2xx status code: 404 Not Found: "
            + XML.format("NoSuchBucket", "The specified bucket does not exist."),
            InputError,
            "store http://127.0.0.1:7951/lake: NoSuchBucket, The specified bucket does not exist; expected a bucket",
        ),
        (
            f"{GET} in 5ms - Server returned non-2xx status code: 403 Forbidden: "
            + XML.format("SignatureDoesNotMatch", "The signature does not match."),
            InputError,
            "SignatureDoesNotMatch, The signature does not match; expected keys",
        ),
        (KERNEL + XML.format("AccessDenied", "No."), InputError, "h:1/lake/x: AccessDenied, No; expected keys"),
        (KERNEL, InputError, "store http://h:1/lake/x: 403 Forbidden; expected keys that may"),
        (
            f"{GET} in 298ms, after 2 retries - HTTP error: error sending request",
            TransientError,
            "no answer; tried again",
        ),
        (f"{GET} in 298ms - Server returned non-2xx status code: 503 Slow Down: ", TransientError, "503 Slow Down"),
        (
            "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 1ms",
            InputError,
            "no credentials; expected them in the environment",
        ),
        (
            f"{GET} in 5ms - Server returned non-2xx status code: 501 Not Implemented: ",
            InputError,
            "conditional writes",
        ),
    ],
)
def test_in_our_words(said: str, kind: type, expected: str) -> None:
    found = explain(OSError(said))
    assert isinstance(found, kind)
    assert expected in str(found)
    assert "\n" not in str(found) and "\x1b" not in str(found)


@pytest.mark.parametrize("said", ["", "No space left on device", f"{GET} - something that nobody foresaw"])
def test_other_errors_are_left_alone(said: str) -> None:
    assert explain(OSError(said)) is None


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            RuntimeError(
                "Generic LocalFileSystem error: Unable to copy data to file: No space left (os error 28)\n\nDebug"
            ),
            "Unable to copy data to file: No space left. Check",
        ),
        (
            OSError(
                "Generic LocalFileSystem error\n \x1b[31m↳\x1b[0m Unable to open\n \x1b[31m↳\x1b[0m Full (os error 28)"
            ),
            "Unable to open Full. Check",
        ),
        (
            RuntimeError("Failed to parse parquet: External: Generic LocalFileSystem error: No space (os error 28)"),
            "No space. Check",
        ),
        (
            RuntimeError("parquet: underlying IO error: No space (os error 28)"),
            "parquet: underlying IO error: No space.",
        ),
        (FileNotFoundError(2, "No such file or directory", "/x"), "[Errno 2] No such file or directory: '/x'. Check"),
    ],
)
def test_what_the_system_refused(error: Exception, expected: str) -> None:
    found = explain_system(error)
    assert isinstance(found, InputError)
    assert str(found).startswith(expected)
    assert str(found).isprintable()


def test_what_is_not_of_the_system_is_left_alone() -> None:
    assert explain_system(BrokenPipeError(32, "Broken pipe")) is None
    assert explain_system(RuntimeError("something that nobody foresaw")) is None
