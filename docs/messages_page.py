"""The page `messages.md`: topics and messages of sinks, from their models."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from okng.connect.contracts import Around
from okng.connect.delivery import Alarm, Delivery
from okng.connect.messages import AlarmMessage, Message, StateMessage, VerdictMessage
from okng.error_codes import Code
from okng.records import InspectionRow

_LEAD = """# Messages of sinks

What MQTT brokers, webhooks and journals get. Messages are JSON in UTF-8; `form` names kind and
version. Fields may join later; none changes its meaning, so a reader ignores those that it has no
use for.

**At least once, in order.** After a fault a message may come again, with the same `id`: drop an
`id` that you have. `seq` grows within a station, with gaps, as reviews and alarms have numbers of
the same row.

## Topics of MQTT

| topic | retained | message | when |
|---|---|---|---|
| `okng/SITE/STATION/verdict` | no | verdict | for each part, QoS 1 |
| `okng/SITE/STATION/alarm` | no | alarm | when an alarm begins and when it is over, QoS 1 |
| `okng/SITE/STATION/state` | yes | state | when the station connects or leaves; the broker sends \
`offline` as its last will where the station is lost |

`okng` is the setting `topic`. A `/`, `+` or `#` in the name of a site or a station becomes `_`.

## Requests of webhooks

One `POST` for each verdict and alarm, after the specification of Standard Webhooks:

| header | content |
|---|---|
| `webhook-id` | the `id` of the message; a repeat has the same one |
| `webhook-timestamp` | seconds since 1970 |
| `webhook-signature` | `v1,` and the HMAC-SHA256 of `ID.TIMESTAMP.BODY` in base64 |

| answer | what the station does |
|---|---|
| 2xx | delivered |
| 408, 429, 5xx, no answer | tries again, after `Retry-After` where it is given |
| 401, 403, 407 | tries again, and raises the alarm `connect.login` |
| 3xx, 404, 405, 421, 425 | tries again: the address is not the right one, or not ready |
| other 4xx | sets the message aside (`okng outbox list`), and sends the next one |
"""
_TIME = datetime.fromisoformat("2026-11-29T14:05:07.123456+01:00")
_AROUND = Around("augsburg", "station-1", "casting")


def messages_page() -> str:
    """The whole page."""
    return "\n".join([_LEAD, *(_section(each) for each in _examples())])


def _examples() -> Iterator[tuple[str, Message]]:
    yield "Verdict", VerdictMessage.of(_delivery(), _AROUND)
    yield "Alarm", AlarmMessage.of(_alarm(), _AROUND)
    state = StateMessage(state="online", time=_TIME, site="augsburg", station="station-1")
    yield "State", state


def _section(named: tuple[str, Message]) -> str:
    name, message = named
    model = type(message)
    schema: dict[str, Any] = model.model_json_schema(by_alias=True)
    purpose = (model.__doc__ or "").splitlines()[0]
    lines = [f"## {name}\n", f"{purpose}\n", "| field | type | meaning |", "|---|---|---|"]
    for key, field in schema["properties"].items():
        lines.append(f"| `{key}` | {_type(field, schema)} | {_meaning(model, key)} |")
    example = json.dumps(json.loads(message.body()), indent=2, ensure_ascii=False)
    return "\n".join([*lines, "", f"```json\n{example}\n```\n"])


def _type(field: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each, schema) for each in field["anyOf"])
    if "$ref" in field:
        return _type(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "enum" in field or "const" in field:
        return ", ".join(f"`{each}`" for each in field.get("enum", [field.get("const")]))
    return "time" if field.get("format") == "date-time" else str(field["type"])


def _meaning(model: type[Message], key: str) -> str:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    return fields[key].description or ""


def _delivery() -> Delivery:
    row = InspectionRow(
        id="01932f5e-8a10-7c3e-9f7d-5f0a8a3f6b21",
        time_us=int(_TIME.timestamp()) * 1_000_000 + _TIME.microsecond,
        offset_min=60,
        station="station-1",
        serial="A-1047",
        batch="L-22",
        photo_digest="9f2c" * 16,
        model_digest="3b1e" * 16,
        model_name="castings",
        operating_point="{}",
        threshold_e9=412_000_000,
        score_e9=871_204_113,
        probabilities='{"defective":"0.871204113","ok":"0.128795887"}',
        unfamiliarity_e9=81_000_000,
        verdict="NG",
        class_name="defective",
        latency_us=17_420,
        okng_version="0.1.0",
    )
    return Delivery(row, 4711)


def _alarm() -> Alarm:
    return Alarm(
        "01932f5e-9c02-7d55-8a41-1f6f0c6a7e10",
        int(_TIME.timestamp()) * 1_000_000,
        "station-1",
        Code.CONNECT_FAILED,
        "sink quality-server",
        {"waiting": "312"},
    )
