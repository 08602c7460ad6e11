"""What all requests and answers have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator{{ ", model_validator" if project.has_references }}

{% if project.has_references %}
from app.db import Base
{% endif %}
from app.fields import {{ "Text, Uuid, refuse_nul" if project.has_references else "refuse_nul" }}


class Input(BaseModel):
    """A request: what it does not know it refuses."""

    model_config = ConfigDict(extra="forbid")

    # Not in a type: a type with a validator of its own hides a pattern from the description.
    @field_validator("*")
    @classmethod
    def without_nul(cls, value: Any) -> Any:
        return refuse_nul(value) if isinstance(value, str) else value


class Output(BaseModel):
    """An answer, made of a row."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
{% if project.has_references %}


class Reference(Output):
    """Enough of another thing to show a link to it."""

    id: Uuid
    label: Text

    @model_validator(mode="before")
    @classmethod
    def of_row(cls, row: Any) -> Any:
        return {"id": row.id, "label": str(row)} if isinstance(row, Base) else row
{% endif %}


class FieldProblem(Output):
    """What is wrong with one value."""

    field: str = Field(description="The property or parameter, `tags.0` for the first of a list.")
    message: str


class Problem(Output):
    """Why a request was refused, as RFC 9457 has it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = Field(default_factory=list)
