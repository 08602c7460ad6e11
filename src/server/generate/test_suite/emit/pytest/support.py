"""What the tests say in one word: send a request, and judge the answer against contract.json.

The judgements are strict about what the description promises and lenient about what it leaves open. Where a test cannot
prove anything (no credentials given, a thing that does not exist), it is skipped with the reason and never failed.
"""

import dataclasses
import functools
import json
import os
import pathlib
import re

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker

CONTRACT = json.loads(pathlib.Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))

# What gives away that an error's inside was sent to the caller.
TRACES = ("Traceback (most recent call last)", "\n\tat java.", "\n    at Object.", "panicked at ", "goroutine 1 [")


@dataclasses.dataclass(frozen=True)
class Settings:
    """Where the API is and who asks. All of it comes from the environment; README.md lists the variables."""

    base_url: str
    timeout: float
    token: str
    key: str
    user: str
    password: str

    @classmethod
    def from_environment(cls):
        base_url = os.environ.get("BASE_URL") or CONTRACT["server"]
        if not base_url.startswith(("http://", "https://")):
            pytest.exit("Set BASE_URL to the address of the API, for example BASE_URL=http://localhost:8080", returncode=4)
        return cls(
            base_url=base_url.rstrip("/"),
            timeout=float(os.environ.get("TIMEOUT_SECONDS", "10")),
            token=os.environ.get("API_TOKEN", ""),
            key=os.environ.get("API_KEY", ""),
            user=os.environ.get("API_USER", ""),
            password=os.environ.get("API_PASSWORD", ""),
        )

    @property
    def has_credentials(self):
        return bool(self.token or self.key or self.user)


def connect(settings):
    return httpx.Client(timeout=settings.timeout, follow_redirects=False)


def credentials(settings, stranger=False):
    """Headers, query parameters and cookies that say who asks, for every scheme of the description."""
    headers, params, cookies = {}, {}, {}
    wrong = "never-given-out"
    token = wrong if stranger else settings.token
    key = wrong if stranger else settings.key
    user, password = (wrong, wrong) if stranger else (settings.user, settings.password)
    for scheme in CONTRACT["security"].values():
        if scheme["kind"] == "bearer" and token:
            headers["Authorization"] = f"Bearer {token}"
        elif scheme["kind"] == "basic" and user and "Authorization" not in headers:
            headers["Authorization"] = httpx.BasicAuth(user, password)._auth_header
        elif scheme["kind"] == "key" and key:
            {"header": headers, "query": params, "cookie": cookies}[scheme["in"]][scheme["name"]] = key
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return headers, params


class Api:
    """The API as one test sees it."""

    def __init__(self, client, settings, caller="own"):
        self._client = client
        self._settings = settings
        self._caller = caller
        # Things that the test only hopes to exist.
        self._hoped_for = []

    @property
    def nobody(self):
        """The same API, asked without credentials."""
        return Api(self._client, self._settings, "nobody")

    @property
    def stranger(self):
        """The same API, asked with credentials that were never given out."""
        return Api(self._client, self._settings, "stranger")

    def get(self, path, **request):
        return self._send("GET", path, request)

    def post(self, path, **request):
        return self._send("POST", path, request)

    def put(self, path, **request):
        return self._send("PUT", path, request)

    def patch(self, path, **request):
        return self._send("PATCH", path, request)

    def delete(self, path, **request):
        return self._send("DELETE", path, request)

    def head(self, path, **request):
        return self._send("HEAD", path, request)

    def options(self, path, **request):
        return self._send("OPTIONS", path, request)

    def trace(self, path, **request):
        return self._send("TRACE", path, request)

    def _send(self, method, path, request):
        headers, params = {}, {}
        if self._caller != "nobody":
            headers, params = credentials(self._settings, stranger=self._caller == "stranger")
        given = request.pop("headers", {})
        if "Cookie" in headers and "Cookie" in given:
            given = {**given, "Cookie": f"{headers['Cookie']}; {given['Cookie']}"}
        headers.update(given)
        params.update(request.pop("params", {}))
        if isinstance(request.get("content"), str):
            request["content"] = request["content"].encode()
        return self._client.request(
            method, self._settings.base_url + path, headers=headers, params=params or None, **request
        )

    # Things that exist

    def made(self, answer, operation, name):
        """A property of something that was made for this test."""
        if not answer.is_success:
            pytest.skip(f"{operation} did not make what this test needs: {summary(answer)}")
        try:
            return answer.json()[name]
        except (ValueError, TypeError, LookupError):
            pytest.skip(f"{operation} answered without `{name}`, which this test needs: {summary(answer)}")

    def known(self, variable, example):
        """What the environment names, or else the documented example, which may not exist here."""
        value = os.environ.get(variable)
        if value is None:
            self._hoped_for.append(variable)
            return example
        return value

    # Judgements

    def conforms(self, answer, operation, status=None, needs=None):
        """A documented success, with the documented content type, headers and body."""
        self._is_sound(answer, operation)
        if answer.is_client_error:
            self._may_prove_nothing(answer, operation)
            if needs:
                pytest.skip(f"needs {needs}; {summary(answer)}")
            if answer.status_code == 409:
                pytest.skip(f"in conflict with what the server already holds; {summary(answer)}")
        wanted = [status] if status else sorted(code for code in statuses(operation) if 200 <= code < 400)
        allowed = answer.status_code in wanted or (
            answer.status_code < 400 and (not wanted or response(operation, answer.status_code) is not None)
        )
        said = " or ".join(map(str, wanted)) or "a success"
        assert allowed, f"{operation} documents {said}, but {summary(answer)}"
        self._is_as_documented(answer, operation)

    def shows(self, answer, operation, expected):
        """A documented success whose body has these values."""
        self.conforms(answer, operation)
        body = answer.json()
        different = {name: body.get(name) for name, value in expected.items() if body.get(name) != value}
        assert not different, f"{operation} must show {expected}, but has {different}; {summary(answer)}"

    def refuses(self, answer, operation):
        """Refused by a 4xx; where that status is documented, its body is as documented."""
        self._is_sound(answer, operation)
        self._may_prove_nothing(answer, operation)
        assert answer.is_client_error, f"{operation} must refuse this with a 4xx, but {summary(answer)}"
        if answer.status_code in statuses(operation):
            self._is_as_documented(answer, operation)

    def refuses_early(self, answer, operation):
        """Refused by a 4xx before the operation itself had a look: its body may be the framework's own."""
        self._is_sound(answer, operation)
        self._may_prove_nothing(answer, operation)
        assert answer.is_client_error, f"{operation} must refuse this with a 4xx, but {summary(answer)}"

    def finds_nothing(self, answer, operation, or_succeeds=False):
        """404 or 410; DELETE may find nothing left to do, and PUT may create."""
        self._is_sound(answer, operation)
        self._may_prove_nothing(answer, operation, except_for=404)
        if or_succeeds and answer.is_success:
            return
        assert answer.status_code in (404, 410), f"{operation} must find nothing (404), but {summary(answer)}"
        if answer.status_code in statuses(operation):
            self._is_as_documented(answer, operation)

    def does_not_allow(self, answer, operation, or_finds_nothing=False):
        """405 with an `Allow` header."""
        self._is_sound(answer, operation)
        method = answer.request.method
        if answer.status_code in (401, 403, 429) or (or_finds_nothing and answer.status_code in (404, 410)):
            return
        assert answer.status_code == 405, f"{method} is not documented here and must be answered by 405, but {summary(answer)}"
        assert "allow" in answer.headers, f"405 must list the allowed methods in an `Allow` header, but {summary(answer)}"

    def keeps_out(self, answer, operation, or_finds_nothing=False):
        """401 or 403; a thing whose existence is a secret may also not be found."""
        self._is_sound(answer, operation)
        if answer.status_code == 429:
            pytest.skip(f"too many requests; {summary(answer)}")
        wanted = (401, 403, 404) if or_finds_nothing else (401, 403)
        assert answer.status_code in wanted, f"{operation} needs credentials (401 or 403), but {summary(answer)}"

    def _is_sound(self, answer, operation):
        """True of every answer: the server did not break, and shows nothing of its inside."""
        assert not answer.is_server_error, f"{operation} broke: {summary(answer)}"
        text = answer.text if answer.status_code >= 400 else ""
        found = [trace for trace in TRACES if trace in text]
        assert not found, f"{operation} shows a stack trace: {summary(answer)}"

    def _may_prove_nothing(self, answer, operation, except_for=None):
        status = answer.status_code
        if status == except_for:
            return
        if status == 429:
            pytest.skip(f"too many requests; {summary(answer)}")
        if status in (401, 403):
            secured = CONTRACT["operations"][operation]["secured"]
            if not secured or not self._settings.has_credentials or status == 403:
                pytest.skip(f"the server wants (other) credentials: set API_TOKEN, API_KEY or API_USER and API_PASSWORD; {summary(answer)}")
        if status == 404 and self._hoped_for:
            pytest.skip(f"nothing there: set {', '.join(self._hoped_for)} to something that exists; {summary(answer)}")

    def _is_as_documented(self, answer, operation):
        documented = response(operation, answer.status_code)
        if documented is None:
            return
        for name in documented.get("headers", []):
            assert name.lower() in answer.headers, f"{operation} must answer with the header `{name}`; {summary(answer)}"
        content = documented.get("content")
        if not content or answer.request.method == "HEAD":
            return
        if not answer.content:
            # Some descriptions show a body for answers that never have one.
            assert answer.status_code in (204, 205, 304) or not any(content.values()), f"{operation} must answer with a body; {summary(answer)}"
            return
        media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        known = [name for name in content if matches(media_type, name)]
        assert known, f"{operation} documents {' or '.join(content)}, but answered with {media_type or 'no content type'}; {summary(answer)}"
        schema = content[known[0]]
        if schema and is_json(media_type):
            try:
                body = answer.json()
            except ValueError:
                pytest.fail(f"{operation} answered with a body that is no JSON; {summary(answer)}")
            errors = sorted(validator(json.dumps(schema)).iter_errors(body), key=lambda error: list(map(str, error.absolute_path)))
            said = "\n".join(f"  at {place(error)}: {error.message[:300]}" for error in errors[:5])
            assert not errors, f"{operation} answered with a body that is not as documented:\n{said}\n{summary(answer)}"


@functools.cache
def validator(schema):
    checker = FormatChecker(["date", "ipv4", "ipv6"])
    # Loose on purpose: what these refuse is certainly wrong.
    checker.checks("uuid")(lambda value: not isinstance(value, str) or re.fullmatch(r"(?i)[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", value) is not None)
    checker.checks("date-time")(lambda value: not isinstance(value, str) or re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", value) is not None)
    checker.checks("email")(lambda value: not isinstance(value, str) or "@" in value)
    return Draft202012Validator({**json.loads(schema), "$defs": CONTRACT["$defs"]}, format_checker=checker)


def statuses(operation):
    """The status codes that are documented one by one."""
    return [int(code) for code in CONTRACT["operations"][operation]["responses"] if code.isdigit()]


def response(operation, status):
    """What is documented for a status: by its code, its class or the default."""
    responses = CONTRACT["operations"][operation]["responses"]
    return next((responses[name] for name in (str(status), f"{status // 100}XX", "default") if name in responses), None)


def matches(media_type, documented):
    documented = documented.split(";")[0].strip().lower()
    if documented in ("*/*", media_type):
        return True
    if documented.endswith("/*"):
        return media_type.startswith(documented[:-1])
    # `application/problem+json` is JSON, and so is what is documented.
    return is_json(media_type) and is_json(documented) and "problem" in media_type + documented


def is_json(media_type):
    return media_type in ("application/json", "text/json") or (media_type.startswith("application/") and media_type.endswith("+json"))


def place(error):
    return "/" + "/".join(map(str, error.absolute_path)) if error.absolute_path else "the root"


def summary(answer):
    """What was asked and answered, in one line."""
    body = " ".join(answer.text.split())[:300] if is_texty(answer) else f"{len(answer.content)} bytes"
    return f"{answer.request.method} {answer.request.url} → {answer.status_code} {body}"


def is_texty(answer):
    media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    return is_json(media_type) or media_type.startswith("text/") or media_type.endswith("xml")
