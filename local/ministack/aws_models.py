"""Holds the parameters of a request against the service's own API model, which botocore ships.

Checked: required members, unknown members, types, lengths, ranges, enumerations, patterns, unions. Each shape is
compiled once into a function, since a load run makes thousands of calls.
"""

import functools
import re

import botocore.exceptions
import botocore.loaders
import botocore.model

_loader = botocore.loaders.Loader()


@functools.lru_cache(None)
def service_model(name):
    """The model of a service by botocore's name, or None when botocore has none."""
    try:
        return botocore.model.ServiceModel(_loader.load_service_model(name, "service-2"), name)
    except botocore.exceptions.UnknownServiceError:
        return None


def problems(shape, value):
    """The list of (member, constraint) of a value that doesn't fit its shape."""
    found = []
    _validator(shape)(value, None, found)
    return found


def _render(path):
    """A path kept as nested (parent, key) pairs is written out only when there is a problem to tell."""
    parts = []
    while path is not None:
        path, key = path
        parts.append("[]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(parts)).lstrip(".") or "(request)"


def _say(found, path, constraint):
    found.append((_render(path), constraint))


def _shown(shape, value):
    """The value in a message: short, and never one that the model marks as secret."""
    return "the value" if shape.metadata.get("sensitive") else repr(value)[:80]


_compiled = {}


def _validator(shape):
    key = (id(shape._shape_resolver), shape.name, shape.type_name)
    known = _compiled.get(key)
    if known is None:
        # Shapes may hold themselves (DynamoDB's AttributeValue): the entry stands before its members are compiled.
        cell = []
        _compiled[key] = lambda value, path, found: cell[0](value, path, found)
        cell.append(_BY_TYPE.get(shape.type_name, _anything)(shape))
        known = _compiled[key] = cell[0]
    return known


def _anything(_shape):
    return lambda value, path, found: None


def _structure(shape):
    if getattr(shape, "is_document_type", False):
        return _anything(shape)
    members, names = {}, {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        members[name] = members[wire] = _validator(member)
        names[name] = wire
    required = [(name, names[name]) for name in shape.required_members]
    union = getattr(shape, "is_tagged_union", False)

    def check(value, path, found):
        if not isinstance(value, dict):
            return _say(found, path, f"expected a structure, got {type(value).__name__}")
        for name, wire in required:
            if value.get(name) is None and value.get(wire) is None:
                _say(found, (path, name), "required")
        if union and len(value) != 1:
            _say(found, path, f"exactly one member of a union, got {len(value)}")
        for name, item in value.items():
            member = members.get(name)
            if member is None:
                if name != "__type":
                    _say(found, (path, name), "not a member")
            elif item is not None:
                member(item, (path, name), found)

    return check


def _list(shape):
    member, size = _validator(shape.member), _size(shape, "items")

    def check(value, path, found):
        if not isinstance(value, list):
            return _say(found, path, f"expected a list, got {type(value).__name__}")
        size(len(value), path, found)
        for index, item in enumerate(value):
            if item is not None:
                member(item, (path, index), found)

    return check


def _map(shape):
    key, item, size = _validator(shape.key), _validator(shape.value), _size(shape, "entries")

    def check(value, path, found):
        if not isinstance(value, dict):
            return _say(found, path, f"expected a map, got {type(value).__name__}")
        size(len(value), path, found)
        for name, entry in value.items():
            key(name, (path, "key"), found)
            if entry is not None:
                item(entry, (path, "value"), found)

    return check


def _string(shape):
    enum, pattern, size = getattr(shape, "enum", None), _pattern(shape), _size(shape, "characters")
    allowed = frozenset(enum) if enum else None
    plain = allowed is None and pattern is None and not {"min", "max"} & shape.metadata.keys()

    def check(value, path, found):
        if not isinstance(value, str):
            return _say(found, path, f"expected a string, got {type(value).__name__}")
        if plain:
            return
        size(len(value), path, found)
        if allowed is not None and value not in allowed:
            _say(found, path, f"{_shown(shape, value)} is none of {', '.join(list(enum)[:8])}")
        if pattern is not None and not pattern.search(value):
            _say(found, path, f"{_shown(shape, value)} doesn't match {shape.metadata['pattern']}")

    return check


def _number(shape):
    size = _size(shape, "")

    def check(value, path, found):
        # JSON has no NaN: services take the three non-finite numbers as strings.
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            if value not in ("NaN", "Infinity", "-Infinity"):
                _say(found, path, f"expected a number, got {_shown(shape, value)}")
            return
        size(value, path, found)

    return check


def _boolean(shape):
    def check(value, path, found):
        if not isinstance(value, bool):
            _say(found, path, f"expected a boolean, got {_shown(shape, value)}")

    return check


def _blob(shape):
    size = _size(shape, "bytes")

    def check(value, path, found):
        # In JSON and in forms a blob is base64.
        size(len(value) * 3 // 4 - value[-2:].count("=") if isinstance(value, str) else len(value), path, found)

    return check


def _size(shape, unit):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    low, high = (None if bound is None else float(bound) for bound in (low, high))

    def check(amount, path, found):
        if low is not None and amount < low:
            _say(found, path, f"at least {low:g} {unit}".strip() + f", got {amount}")
        if high is not None and amount > high:
            _say(found, path, f"at most {high:g} {unit}".strip() + f", got {amount}")

    return check


def _pattern(shape):
    """The pattern as Python reads it; None when it is of a form that Python doesn't know."""
    text = shape.metadata.get("pattern")
    if not text:
        return None
    text = text.replace("\\p{L}", "\\w").replace("\\p{Z}", "\\s").replace("\\p{N}", "\\d").replace("\\p{M}", "")
    text = re.sub(r"\\p\{(Graph|Print)\}|\[:(graph|print):\]", lambda m: "\\x20-\\x7E", text)
    try:
        return re.compile(text)
    except re.error:
        return None


_BY_TYPE = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "blob": _blob,
}
