"""What people tell: who and why is never left out of an exclusion; a device needs a name and a class alone."""

from smelt.terms.people_tables import EXCLUSIONS, MAINTENANCE, STATIC_DEVICES


def test_an_exclusion_says_who_when_and_why() -> None:
    assert not any(f.nullable for f in EXCLUSIONS.schema)
    assert {"author", "why", "created_at"} <= set(EXCLUSIONS.schema.names)


def test_a_job_may_lack_component_and_note_alone() -> None:
    assert {f.name for f in MAINTENANCE.schema if f.nullable} == {"component", "note"}


def test_a_device_needs_a_name_and_a_class() -> None:
    assert {f.name for f in STATIC_DEVICES.schema if not f.nullable} == {"device_uuid", "name", "class_name"}
