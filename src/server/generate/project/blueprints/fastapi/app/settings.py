"""What differs between one installation and the next: all of it from the environment, or from `.env`."""

from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Each setting is an environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore")

{% if postgres %}
    database_url: str = "postgresql+psycopg://postgres:postgres@localhost:5432/{{ project.snake }}"
{% else %}
    database_url: str = f"sqlite:///{ROOT / 'data' / '{{ project.slug }}.db'}"
{% endif %}
    # Larger requests are refused before they are read.
    max_body_bytes: int = Field(default={{ project.max_body_bytes }}, ge=1024)
{% if accounts %}
    token_hours: int = Field(default=12, ge=1, le=24 * 90)
    # Wrong passwords within a quarter of an hour: for one account from one address, and from one address.
    guesses_per_account: int = Field(default=10, ge=1)
    guesses_per_address: int = Field(default=100, ge=1)
{% endif %}

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        """`postgres://` and `postgresql://` are what hosting services hand out."""
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
