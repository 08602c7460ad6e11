"""The front end's files are served, and may load nothing from elsewhere."""

import re

import pytest
from fastapi.testclient import TestClient

from app.main import STATIC


def test_the_page_names_only_files_that_are_there(anonymous: TestClient) -> None:
    page = anonymous.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    paths = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(paths) >= 3
    for path in paths:
        assert anonymous.get(path).status_code == 200, path


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_files_load_and_write_nothing_foreign(path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//cdn" not in text
    assert not re.search(r"https?://", text)
    assert "innerHTML" not in text
    assert "eval(" not in text


def test_modules_import_files_that_are_there() -> None:
    for path in STATIC.glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8")):
            assert (STATIC / name).is_file(), f"{path.name} imports {name}"
