"""The Python texts of the recorded programs in crates/wengert/tests/it/cases: string literals, and macros that join
them."""

from __future__ import annotations

import re
from pathlib import Path

STRING = re.compile(r'r#"(.*?)"#|"((?:[^"\\]|\\.)*)"', re.DOTALL)
MACRO = re.compile(r"macro_rules! (\w+) \{\s*\(([^)]*)\) => \{(.*?)\n    \};\n\}", re.DOTALL)
CALL = re.compile(r"\s*(\w+)!\(")


def programs(path: Path) -> dict[str, str]:
    """The programs of a chapter, by name."""
    source = path.read_text()
    macros = {name: (re.findall(r"\$(\w+):", params), body) for name, params, body in MACRO.findall(source)}
    found: dict[str, str] = {}
    rest = re.sub(r"macro_rules! .*?\n\}\n", "", source, flags=re.DOTALL)
    for match in re.finditer(r"Case::new\(", rest):
        _add(found, rest, match.end(), macros, {})
    for name, (params, body) in macros.items():
        at = body.find("Case::new(")
        if at < 0 or "stringify" in body:
            continue
        for match in re.finditer(rf"\b{name}!\(", rest):
            given = dict(zip(params, _arguments(rest, match.end(), macros, {}, len(params) - 1)))
            _add(found, body, at + len("Case::new("), macros, given)
    return found


def _add(found: dict, text: str, at: int, macros: dict, env: dict) -> None:
    name, program = _arguments(text, at, macros, env, 2)
    found[name] = program


def _arguments(text: str, at: int, macros: dict, env: dict, n: int) -> list[str]:
    """The first `n` arguments, which must be texts."""
    values = []
    for _ in range(n):
        value, at = _value(text, at, macros, env)
        values.append(value)
        at = re.compile(r"\s*,?").match(text, at).end()
    return values


def _value(text: str, at: int, macros: dict, env: dict) -> tuple[str, int]:
    """The text that an expression gives, and where it ends."""
    at = re.compile(r"\s*").match(text, at).end()
    if text[at] == "$":
        name = re.compile(r"\$(\w+)").match(text, at)
        return env[name[1]], name.end()
    string = STRING.match(text, at)
    if string:
        raw, plain = string.groups()
        if raw is not None:
            return raw, string.end()
        plain = re.sub(r"\\\n\s*", "", plain)
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), plain), string.end()
    call = CALL.match(text, at)
    values, at = [], call.end()
    while not re.compile(r"\s*\)").match(text, at):
        value, at = _value(text, at, macros, env)
        values.append(value)
        at = re.compile(r"\s*,?").match(text, at).end()
    end = text.index(")", at) + 1
    if call[1] == "concat":
        return "".join(values), end
    params, body = macros[call[1]]
    return _value(body, 0, macros, dict(zip(params, values)))[0], end
