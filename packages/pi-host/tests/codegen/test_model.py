from typing import Any

import pytest
from pi_codegen.extract import check_since
from pi_codegen.model import Model, build
from pi_codegen.notes import EventNote, FieldNote, Notes


def notes(**events: EventNote) -> Notes:
    return Notes(integers=(), omitted=(), optional=(), groups={}, policies={}, events=events)


def note(**fields: FieldNote | str) -> EventNote:
    return EventNote(group="run", summary="It happened.", when="Now.", example="", fields=fields)


def declared(*required: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    properties = {"type": {"enum": ["ping"]}} | {name: {"type": "string"} for name in (*required, *optional)}
    payload = {"type": "object", "properties": properties, "required": ["type", *required]}
    event = {"name": "ping", "type": "PingEvent", "payload": {"$ref": "#/$defs/PingEvent"}, "result": None}
    return {"events": [event], "defs": {"PingEvent": payload}}


def one(read: dict[str, Any], described: EventNote) -> Model:
    return build(read, notes(ping=described))


def test_event_class_keeps_pis_name_and_drops_the_type_field() -> None:
    (event,) = one(declared("fooBar"), note(fooBar="A word.")).events

    assert event.event == "PingEvent"
    assert [(field.name, field.wire) for field in event.fields] == [("foo_bar", "fooBar")]


def test_event_without_note_is_refused() -> None:
    with pytest.raises(ValueError, match=r"pi declares \['ping'\] without a note"):
        build(declared("word"), notes())


def test_note_without_event_is_refused() -> None:
    with pytest.raises(ValueError, match=r"the notes describe \['pong'\], which pi does not declare"):
        build(declared("word"), notes(ping=note(word="A word."), pong=note()))


def test_field_without_note_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fields of ping: pi declares \['word'\] without a note"):
        one(declared("word"), note())


def test_note_without_field_is_refused() -> None:
    with pytest.raises(ValueError, match=r"fields of ping: the notes describe \['wrod'\]"):
        one(declared("word"), note(word="A word.", wrod="A typo."))


@pytest.mark.parametrize(
    ("read", "described"),
    [
        (declared(optional=("word",)), note(word="A word.")),
        (declared("word"), note(word=FieldNote(doc="A word.", since="1.0.0"))),
    ],
    ids=["optional in pi", "younger than the event"],
)
def test_field_that_may_be_missing_is_not_required(read: dict[str, Any], described: EventNote) -> None:
    (field,) = one(read, described).events[0].fields

    assert not field.required


def test_name_that_python_reserves_gets_an_underscore() -> None:
    (field,) = one(declared("continue"), note(**{"continue": "Whether to go on."})).events[0].fields

    assert field.name == "continue_"


def test_field_said_to_be_older_than_it_is_is_refused() -> None:
    model = one(declared("word"), note(word="A word."))

    with pytest.raises(ValueError, match=r"ping\.word is there since 0\.74\.2, but pi 0\.87\.1 lacks it"):
        check_since(model, "0.87.1", declared())


def test_field_said_to_be_younger_than_it_is_is_refused() -> None:
    model = one(declared("word"), note(word=FieldNote(doc="A word.", since="0.99.0")))

    with pytest.raises(ValueError, match=r"ping\.word is there since 0\.99\.0, but pi 0\.87\.1 has it"):
        check_since(model, "0.87.1", declared("word"))


def test_field_that_an_older_pi_may_leave_out_is_refused_as_required() -> None:
    model = one(declared("word"), note(word="A word."))

    with pytest.raises(ValueError, match=r"pi 0\.87\.1 may leave ping\.word out"):
        check_since(model, "0.87.1", declared(optional=("word",)))
