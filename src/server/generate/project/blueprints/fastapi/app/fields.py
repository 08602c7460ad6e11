"""How values look in JSON. Types that are strict: `"1"` is no number, and what is refused is said in /openapi.json.

Whole numbers have 64 bits, decimals are texts so that nothing is lost on the way, instants name their
distance from UTC, and no text holds a NUL character, which databases do not keep.
"""

{% if 'bytes' in project.kinds %}
import base64
import binascii
{% endif %}
import datetime as dt
import re
{% if 'bytes' in project.kinds %}
from dataclasses import dataclass
{% endif %}
{% if 'decimal' in project.kinds %}
from decimal import Decimal
{% endif %}
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
{% if project.has_lists %}
    AfterValidator,
{% endif %}
    BeforeValidator,
    Field,
{% if 'bytes' in project.kinds %}
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
{% endif %}
{% if 'bytes' in project.kinds or 'decimal' in project.kinds %}
    PlainSerializer,
{% endif %}
    StrictInt,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import {{ "PydanticCustomError, core_schema" if 'bytes' in project.kinds else "PydanticCustomError" }}


def wrong(message: str) -> PydanticCustomError:
    """What a value is refused with."""
    return PydanticCustomError("value", message)


def refuse_nul(text: str) -> str:
    if "\x00" in text:
        raise wrong("Should not contain NUL characters")
    return text


Text = Annotated[str, StringConstraints(strict=True, pattern=r"^[^\x00]*$")]
# A text with a pattern of its own; a request looks for NUL itself.
Matched = Annotated[str, StringConstraints(strict=True)]
Email = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"),
    Field(json_schema_extra={"format": "email"}),
]
Url = Annotated[
    str,
    StringConstraints(
        strict=True, pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!-~]*)?$"
    ),
    Field(json_schema_extra={"format": "uri"}),
]
Boolean = Annotated[bool, Field(strict=True)]
# With bounds of its own a whole number is a `StrictInt`: the bounds of a type win over those of a field.
Integer = Annotated[StrictInt, Field(ge=-(2**63), le=2**63 - 1)]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]


def read_date(value: Any) -> Any:
    if type(value) is dt.date:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong("Should be a date such as 2026-03-14")


Date = Annotated[
    dt.date, BeforeValidator(read_date), WithJsonSchema({"type": "string", "format": "date"})
]

INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def read_instant(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value
    parts = INSTANT.fullmatch(value) if isinstance(value, str) else None
    if parts:
        date, time, fraction, offset = parts.groups(default="")
        offset = "+00:00" if offset in "Zz" else offset
        try:
            return dt.datetime.fromisoformat(f"{date}T{time}{fraction[:7]}{offset}").astimezone(
                dt.UTC
            )
        except (ValueError, OverflowError):
            pass
    raise wrong("Should be a date and time with its offset, such as 2026-03-14T15:09:26Z")


DateTime = Annotated[
    dt.datetime,
    BeforeValidator(read_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def read_uuid(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and re.fullmatch(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value
    ):
        return UUID(value)
    raise wrong("Should be a UUID")


Uuid = Annotated[
    UUID, BeforeValidator(read_uuid), WithJsonSchema({"type": "string", "format": "uuid"})
]
{% if project.has_lists %}


def refuse_repeated(values: list[UUID]) -> list[UUID]:
    if len(set(values)) < len(values):
        raise wrong("Should not name the same thing twice")
    return values


UuidList = Annotated[
    list[Uuid],
    Field(max_length=100, json_schema_extra={"uniqueItems": True}),
    AfterValidator(refuse_repeated),
]
{% endif %}
{% if 'decimal' in project.kinds %}

DECIMAL = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?$"


def read_decimal(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and re.fullmatch(DECIMAL, value) and not value.endswith("\n"):
        return Decimal(value)
    raise wrong('Should be a text with at most two digits after the point, such as "12.50"')


Exact = Annotated[
    Decimal,
    BeforeValidator(read_decimal),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": DECIMAL}),
]
{% endif %}
{% if 'bytes' in project.kinds %}

BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


def read_base64(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise wrong("Should be base64") from None


Base64 = Annotated[
    bytes,
    BeforeValidator(read_base64),
    PlainSerializer(lambda value: base64.b64encode(value).decode(), return_type=str),
    WithJsonSchema({"type": "string", "format": "byte", "pattern": BASE64}),
]


@dataclass(frozen=True)
class ByteCount:
    """How many bytes a value has, and how many characters that is in base64."""

    least: int
    most: int

    def check(self, value: bytes) -> bytes:
        if not self.least <= len(value) <= self.most:
            raise wrong(f"Should have from {self.least} to {self.most} bytes")
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        characters = {
            "minLength": -(-self.least // 3) * 4,
            "maxLength": -(-self.most // 3) * 4,
        }
        return {**handler(schema), **characters}
{% endif %}


def read_query_integer(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        return int(value)
    return value


def read_query_boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


# In an address everything is text.
QueryInteger = Annotated[Integer, BeforeValidator(read_query_integer)]
QueryCount = Annotated[StrictInt, BeforeValidator(read_query_integer)]
QueryBoolean = Annotated[Boolean, BeforeValidator(read_query_boolean)]
QueryText = Annotated[Text, Field(min_length=1, max_length=200)]
