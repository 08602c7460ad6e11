"""Reads files that a language model wrote, and says what in them may not be. Nothing of them is run.

`look.py FOLDER PATH…`: a finding a line, and exit code 1 if there is one.
"""

import ast
import sys
from pathlib import Path

MODULES = {"collections.abc", "datetime", "decimal", "math", "re", "typing"}
OWN = ("app.rules", "app.enums", "app.schemas")
FOR_TESTS = {"pytest"}
CALLS = {
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "exit", "getattr", "globals", "help", "input", "locals", "memoryview", "open",
    "print", "quit", "setattr", "vars",
}  # fmt: skip
MOST_LINES = 400


def is_allowed(module: str, is_test: bool) -> bool:
    own = any(module == name or module.startswith(f"{name}.") for name in OWN)
    return own or module in MODULES or (is_test and module in FOR_TESTS)


def is_empty(body: list[ast.stmt]) -> bool:
    return all(
        isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)) for part in body
    )


def findings(tree: ast.Module, is_test: bool) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 1)
        match node:
            case ast.Import(names=names):
                found += [(line, f"`{name.name}` may not be imported") for name in names if not is_allowed(name.name, is_test)]
            case ast.ImportFrom(module=module, level=level, names=names):
                if level or not is_allowed(module or "", is_test) or any(name.name == "*" for name in names):
                    found.append((line, "this may not be imported"))
            case ast.Name(id=name) if name in CALLS or name.startswith("__"):
                found.append((line, f"`{name}` may not be used"))
            case ast.Attribute(attr=name) if name.startswith("__") or name in ("format", "format_map"):
                found.append((line, f"`.{name}` may not be used"))
            case ast.Global() | ast.Nonlocal() | ast.AsyncFunctionDef() | ast.Await():
                found.append((line, "rules are plain functions"))
            case ast.FunctionDef(name=name, body=body) if is_empty(body):
                found.append((line, f"`{name}` does nothing"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if is_test and not any(function.name.startswith("test_") for function in functions):
        found.append((1, "there is no test"))
    if not is_test:
        check = next((function for function in functions if function.name == "check"), None)
        if check is None or len(check.args.args) != 1 or check.args.defaults or check.args.kwonlyargs:
            found.append((1, "there is no function `check(body)`"))
    for node in tree.body:
        allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Assign, ast.AnnAssign)
        if not isinstance(node, allowed) and not is_empty([node]):
            found.append((node.lineno, "at the top there are imports, constants and functions only"))
    return found


def main() -> int:
    folder, paths, code = Path(sys.argv[1]), sys.argv[2:], 0
    for path in paths:
        text = (folder / path).read_text(encoding="utf-8")
        try:
            tree = ast.parse(text, path)
            found = findings(tree, path.startswith("tests/"))
        except (SyntaxError, ValueError) as error:
            found = [(getattr(error, "lineno", None) or 1, f"it is no Python: {error}")]
        except (RecursionError, MemoryError):
            found = [(1, "it is nested too deep")]
        if text.count("\n") > MOST_LINES:
            found.append((1, "it is too long"))
        for line, what in sorted(found):
            print(f"{path}:{line}: {what}")
            code = 1
    return code


sys.exit(main())
