"""{{ entity.headings }}, as seen from outside."""

{% if 'bytes' in entity.kinds %}
import base64
{% endif %}
from typing import Any
{% if entity.ones or entity.lists %}
from uuid import uuid4
{% endif %}

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Maker, fields_of

KIND = "{{ entity.path }}"
PATH = f"/api/{KIND}"

REFUSED: list[tuple[str, Any]] = [
{% for field in entity.fields %}
{% for value in field.refused %}
    ("{{ field.name }}", {{ value }}),
{% endfor %}
{% endfor %}
{% for one in entity.ones %}
    ("{{ one.field }}_id", "not-a-uuid"),
    ("{{ one.field }}_id", str(uuid4())),
{% if one.required %}
    ("{{ one.field }}_id", None),
{% endif %}
{% endfor %}
{% for list in entity.lists %}
    ("{{ list.one }}_ids", "not-a-list"),
    ("{{ list.one }}_ids", ["not-a-uuid"]),
    ("{{ list.one }}_ids", [str(uuid4())]),
    ("{{ list.one }}_ids", ["00000000-0000-4000-8000-000000000000"] * 2),
{% endfor %}
]


def shown(thing: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """What of a thing must be as it was sent: lists of ids come back as the things."""
    return {name: value for name, value in body.items() if not name.endswith("_ids")} | {
        name: value for name, value in thing.items() if name not in body
    }


def test_what_is_made_can_be_read(client: TestClient, make: Maker) -> None:
    body = make.body(KIND)
    answer = client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made == shown(made, body)
    assert answer.headers["location"] == f"{PATH}/{made['id']}"
    read = client.get(answer.headers["location"])
    assert (read.status_code, read.json()) == (200, made)


def test_what_is_made_is_listed(client: TestClient, make: Maker) -> None:
    made = make(KIND)
    answer = client.get(PATH)
    assert answer.status_code == 200
{% if entity.pagination %}
    assert made in answer.json()["items"]
    assert answer.json()["total"] == len(answer.json()["items"])
{% else %}
    assert made in answer.json()
{% endif %}


def test_what_is_replaced_reads_as_it_was_sent(client: TestClient, make: Maker) -> None:
    made = make(KIND)
    body = make.body(KIND, {{ 1 if entity.row_count > 1 else 0 }})
    answer = client.put(f"{PATH}/{made['id']}", json=body)
    assert answer.status_code == 200, answer.text
    replaced = answer.json()
    assert replaced == shown(replaced, body)
    assert replaced["created_at"] == made["created_at"]
    assert replaced["updated_at"] > made["updated_at"]
    assert client.get(f"{PATH}/{made['id']}").json() == replaced


def test_what_is_removed_is_gone(client: TestClient, make: Maker) -> None:
    path = f"{PATH}/{make(KIND)['id']}"
    assert client.delete(path).status_code == 204
    for answer in (client.get(path), client.delete(path), client.put(path, json=make.body(KIND))):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_an_id_is_a_uuid(client: TestClient) -> None:
    assert fields_of(client.get(f"{PATH}/1")) == ["{{ entity.snake }}_id"]


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_a_wrong_value_is_refused(client: TestClient, make: Maker, field: str, value: Any) -> None:
    answer = client.post(PATH, json=make.body(KIND) | {field: value})
    assert answer.status_code == 422, answer.text
    assert {name.split(".")[0] for name in fields_of(answer)} == {field}
{% set required = entity.required_fields %}
{% if required %}


{{ parametrize("field", required) }}
def test_what_is_required_has_to_be_there(client: TestClient, make: Maker, field: str) -> None:
    body = make.body(KIND)
    del body[field]
    answer = client.post(PATH, json=body)
    assert (answer.status_code, fields_of(answer)) == (422, [field])
{% endif %}
{% if entity.optional_fields %}


def test_what_is_optional_can_be_left_out(client: TestClient, make: Maker) -> None:
    body = make.body(KIND)
{{ fold("    for name in (", entity.optional_fields|quoted, ("," if entity.optional_fields|length == 1 else "") ~ "):") }}
        body.pop(name, None)
    answer = client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json() == shown(answer.json(), body)
{% endif %}


def test_what_is_unknown_is_refused(client: TestClient, make: Maker) -> None:
    body = make.body(KIND) | {"unknown": 1}
    assert fields_of(client.post(PATH, json=body)) == ["unknown"]
    assert fields_of(client.get(PATH, params={"unknown": "1"})) == ["unknown"]
    assert fields_of(client.get(f"{PATH}/{make(KIND)['id']}", params={"page": "1"})) == ["page"]
{% if entity.unique_fields and entity.row_count > 1 %}


{{ parametrize("field", entity.unique_fields) }}
def test_what_is_unique_is_there_once(client: TestClient, make: Maker, field: str) -> None:
    first = make(KIND, 0)
    twin = make.body(KIND, 1) | {field: first[field]}
    answer = client.post(PATH, json=twin)
    assert (answer.status_code, fields_of(answer)) == (409, [field])
    second = make(KIND, 1)
    answer = client.put(f"{PATH}/{second['id']}", json=twin)
    assert (answer.status_code, fields_of(answer)) == (409, [field])
{% endif %}
{% if entity.pagination and entity.row_count > 2 %}


def test_lists_come_in_pages(client: TestClient, make: Maker) -> None:
    made = {make(KIND, number)["id"] for number in range(3)}
    pages = [client.get(PATH, params={"page": page, "page_size": 2}).json() for page in (1, 2, 3)]
    assert {page["total"] for page in pages} == {pages[0]["total"]}
    assert pages[0]["total"] >= 3
    assert len(pages[0]["items"]) == 2
    everything = client.get(PATH, params={"page_size": 100}).json()["items"]
    assert made <= {thing["id"] for thing in everything}
    assert [thing["id"] for thing in everything][:2] == [thing["id"] for thing in pages[0]["items"]]


@pytest.mark.parametrize(
    "wrong", [{"page": 0}, {"page_size": 0}, {"page_size": 101}, {"page": "one"}, {"page": 1.5}]
)
def test_wrong_pages_are_refused(client: TestClient, wrong: dict[str, Any]) -> None:
    answer = client.get(PATH, params=wrong)
    assert (answer.status_code, fields_of(answer)) == (422, list(wrong))
{% endif %}


{{ parametrize("key", ["created_at", "updated_at"] + entity.sorts) }}
def test_lists_are_sorted_up_and_down(client: TestClient, make: Maker, key: str) -> None:
    for number in range({{ [entity.row_count, 3]|min }}):
        make(KIND, number)
    up, down = (client.get(PATH, params={"sort": sign + key}).json() for sign in ("", "-"))
{% if entity.pagination %}
    up, down = up["items"], down["items"]
{% endif %}
    assert up == list(reversed(down))
    assert len(up) >= {{ [entity.row_count, 3]|min }}


def test_an_unknown_order_is_refused(client: TestClient) -> None:
    assert fields_of(client.get(PATH, params={"sort": "unknown"})) == ["sort"]
{% if entity.search %}


def test_lists_are_searched(client: TestClient, make: Maker) -> None:
    made = make(KIND)
    text = made["{{ entity.searched[0] }}"][:100]
    for wanted in (text, text.swapcase()):
        found = client.get(PATH, params={"q": wanted}).json()
        assert made in {{ 'found["items"]' if entity.pagination else "found" }}
    # Signs that stand for any text in SQL stand for themselves.
    for nothing in ("%_%_%_", "nowhere \\ to be found"):
        found = client.get(PATH, params={"q": nothing}).json()
        assert not {{ 'found["items"]' if entity.pagination else "found" }}
{% endif %}
{% set tested = entity.filters|selectattr("is_tested")|list %}
{% if tested %}


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
{% for filter in tested %}
        ("{{ filter.parameter }}", "{{ filter.property }}"),
{% endfor %}
    ],
)
def test_lists_are_filtered(client: TestClient, make: Maker, parameter: str, name: str) -> None:
    things = [make(KIND, number) for number in range({{ [entity.row_count, 3]|min }})]
    wanted = things[0][name]
    text = str(wanted).lower() if isinstance(wanted, bool) else wanted
    found = client.get(PATH, params={parameter: text}).json()
{% if entity.pagination %}
    found = found["items"]
{% endif %}
    assert things[0] in found
    assert {str(thing[name]) for thing in found} == {str(wanted)}
{% endif %}
{% for list in entity.lists %}
{% if entity.filter %}


def test_lists_are_filtered_by_{{ list.one }}(client: TestClient, make: Maker) -> None:
    path = f"{PATH}/{make(KIND)['id']}"
    other = make("{{ list.target.path }}")
    body = make.body(KIND) | {"{{ list.one }}_ids": [other["id"]]}
    made = client.put(path, json=body).json()
    assert [entry["id"] for entry in made["{{ list.field }}"]] == [other["id"]]
    for id, expected in ((other["id"], True), (str(uuid4()), False)):
        found = client.get(PATH, params={"{{ list.one }}_id": id}).json()
        assert (made in {{ 'found["items"]' if entity.pagination else "found" }}) is expected
{% endif %}
{% endfor %}
{% for one in entity.ones %}
{% if not one.is_self %}


def test_{{ one.field }}_is_shown_and_kept(client: TestClient, make: Maker) -> None:
    path = f"{PATH}/{make(KIND)['id']}"
    other = make("{{ one.target.path }}")
    made = client.put(path, json=make.body(KIND) | {"{{ one.field }}_id": other["id"]}).json()
    assert made["{{ one.field }}"]["id"] == other["id"]
    assert made["{{ one.field }}"]["label"]
    # What others refer to cannot be removed.
    answer = client.delete(f"/api/{{ one.target.path }}/{other['id']}")
    assert (answer.status_code, fields_of(answer)) == (409, [])
{% endif %}
{% endfor %}
{% if accounts %}


def test_nobody_gets_in_without_signing_in(anonymous: TestClient, make: Maker) -> None:
    path = f"{PATH}/{make(KIND)['id']}"
    body = make.body(KIND)
    for answer in (
        anonymous.get(PATH),
        anonymous.post(PATH, json=body),
        anonymous.get(path),
        anonymous.put(path, json=body),
        anonymous.delete(path),
        anonymous.get(PATH, headers={"Authorization": "Bearer never-given-out"}),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
{% endif %}
