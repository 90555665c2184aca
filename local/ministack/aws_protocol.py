"""Reads service, operation and parameters out of an AWS request, for each of the protocols that SDKs speak."""

import functools
import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import cbor2

from aws_models import service_model

# The name in a signature's credential scope, where it isn't botocore's name of the service.
_BOTOCORE_NAMES = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
    "email": "ses",
}
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]*/([^/]+)/aws4_request")


@dataclass
class Request:
    service: str
    operation: str
    model: object  # botocore's OperationModel, or None when the service has no such operation
    params: dict
    protocol: str


def read_request(method, path, headers, body, query) -> Request | None:
    """None when the request isn't an API call of a service: unsigned, or a data plane such as execute-api."""
    signed = headers.get("authorization", "") or "Credential=" + "".join(query.get("X-Amz-Credential", []))
    scope = _SCOPE.search(signed)
    if not scope or scope[1] == "execute-api":
        return None
    service = _service_name(scope[1], path)
    model = service_model(service)
    if model is None:
        return Request(service, f"{method} {path}", None, {}, "rest-json")
    content, target = headers.get("content-type", ""), headers.get("x-amz-target", "")
    rpc = re.match(r"^/service/[^/]+/operation/(\w+)$", path)
    if rpc:
        return _named(service, model, rpc[1], cbor2.loads(body) if body else {}, "cbor")
    if target:
        params = cbor2.loads(body) if "cbor" in content else json.loads(body or b"{}")
        return _named(service, model, target.rpartition(".")[2], params, "json")
    form = urllib.parse.parse_qs(body.decode(), keep_blank_values=True) if "x-www-form-urlencoded" in content else {}
    fields = {**form, **query} if form or "Action" in query else {}
    if "Action" in fields:
        return _from_form(service, model, {name: values[0] for name, values in fields.items()})
    return _from_rest(service, model, method, path, headers, body, query)


def _service_name(scope, path):
    if scope == "apigateway" and path.startswith("/v2/"):
        return "apigatewayv2"
    if scope == "s3" and path.startswith("/v20180820/"):
        return "s3control"
    return _BOTOCORE_NAMES.get(scope, scope)


def _named(service, model, operation, params, protocol):
    known = model.operation_model(operation) if operation in model.operation_names else None
    return Request(service, operation, known, params, protocol)


# Query protocol --------------------------------------------------------------------------------------------------


def _from_form(service, model, fields):
    request = _named(service, model, fields["Action"], {}, "query")
    if request.model is None or request.model.input_shape is None:
        return request
    used = {"Action", "Version"}
    request.params = _form_value(request.model.input_shape, "", fields, used, model.metadata["protocol"] == "ec2") or {}
    for name in fields.keys() - used:
        if not name.startswith("X-Amz-"):
            request.params[name] = fields[name]  # told as "not a member"
    return request


def _form_value(shape, prefix, fields, used, ec2):
    kind = shape.type_name
    if kind == "structure":
        values = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if ec2:
                wire = member.serialization.get("queryName") or wire[:1].upper() + wire[1:]
            value = _form_value(member, f"{prefix}.{wire}" if prefix else wire, fields, used, ec2)
            if value is not None:
                values[name] = value
        return values or None
    if kind == "list":
        if fields.get(prefix) == "":
            used.add(prefix)
            return []  # as the query protocol writes an empty list
        if ec2:
            pass  # the number follows the list's own name, whatever the members are called
        elif shape.serialization.get("flattened"):
            inner = shape.member.serialization.get("name")
            prefix = prefix.rpartition(".")[0] + "." + inner if inner and "." in prefix else inner or prefix
        else:
            prefix = f"{prefix}.{shape.member.serialization.get('name', 'member')}"
        return _numbered(lambda at: _form_value(shape.member, at, fields, used, ec2), prefix, fields)
    if kind == "map":
        entry = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        pairs = _numbered(
            lambda at: (
                _form_value(shape.key, f"{at}.{key}", fields, used, ec2),
                _form_value(shape.value, f"{at}.{value}", fields, used, ec2),
            ),
            entry,
            fields,
        )
        return None if pairs is None else dict(pairs)
    if prefix not in fields:
        return None
    used.add(prefix)
    return _scalar(shape, fields[prefix])


def _numbered(read, prefix, fields):
    items, number = [], 1
    while any(name == f"{prefix}.{number}" or name.startswith(f"{prefix}.{number}.") for name in fields):
        items.append(read(f"{prefix}.{number}"))
        number += 1
    return items or None


def _scalar(shape, text):
    """Text as the shape's type; left as text when it isn't one, and then told as a problem."""
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
    except ValueError:
        return text
    if shape.type_name == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


# REST protocols --------------------------------------------------------------------------------------------------


@functools.lru_cache(None)
def _routes(service):
    """(method, path pattern, literal query, operation), the most literal first."""
    routes, model = [], service_model(service)
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, query = operation.http["requestUri"].partition("?")
        pattern, literals = "", 0
        for part in filter(None, path.split("/")):
            label = re.fullmatch(r"\{(\w[\w-]*)\+?\}", part)
            literals += not label
            # Over slashes: an ARN in a label arrives with its slashes decoded. A bucket's name has none.
            anything = "[^/]+" if part == "{Bucket}" else ".+?"
            pattern += "/" + (f"(?P<{label[1].replace('-', '_')}>{anything})" if label else re.escape(part))
        routes.append((operation.http["method"], re.compile(f"^{pattern}/?$"), _literal_query(query), operation, literals))
    return sorted(routes, key=lambda route: -route[4])


def _literal_query(text):
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
    return [(name, value) for name, value in pairs if not value.startswith("{")]


def _from_rest(service, model, method, path, headers, body, query):
    best, best_score, best_labels = None, -1, {}
    for verb, pattern, literal, operation, literals in _routes(service):
        match = verb == method and pattern.match(path)
        if not match:
            continue
        if not all(name in query and (not value or query[name][0] == value) for name, value in literal):
            continue
        needed = _needed_names(operation)
        if not all(name in query or name.lower() in headers for name in needed):
            continue
        named = query.get("x-id", [None])[0] == operation.name
        score = 1000 * named + 100 * literals + 10 * len(literal) + 2 * len(needed) + (not operation.deprecated)
        if score > best_score:
            best, best_score, best_labels = operation, score, match.groupdict()
    protocol = model.metadata["protocol"]
    if best is None:
        return Request(service, f"{method} {path}", None, {}, protocol)
    return Request(service, best.name, best, _rest_params(best, best_labels, headers, body, query, protocol), protocol)


@functools.lru_cache(None)
def _needed_names_of(service, operation):
    return _needed(service_model(service).operation_model(operation))


def _needed_names(operation):
    return _needed_names_of(operation.service_model.service_name, operation.name)


def _needed(operation):
    """Query and header names without which a request can't be this operation (UploadPart's uploadId, a copy's source)."""
    if operation.input_shape is None:
        return []
    members = operation.input_shape.members
    # A missing name is also how two operations on one path are told apart, so only those that share it are looked at.
    return [
        members[name].serialization.get("name", name)
        for name in operation.input_shape.required_members
        if operation.service_model.service_name == "s3"
        and members[name].serialization.get("location") in ("querystring", "header")
    ]


def _rest_params(operation, labels, headers, body, query, protocol):
    params, shape = {}, operation.input_shape
    if shape is None:
        return params
    payload = shape.serialization.get("payload")
    for name, member in shape.members.items():
        place, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if place == "uri":
            value = labels.get(wire.replace("-", "_"))
        elif place == "header":
            value = headers.get(wire.lower())
        elif place == "headers":
            value = {k[len(wire) :]: v for k, v in headers.items() if k.startswith(wire.lower())} or None
        elif place == "querystring":
            value = query.get(wire)
            if value is not None and member.type_name not in ("list", "map"):
                value = value[0]
        elif name == payload:
            value = _payload(member, body, protocol)
        else:
            continue
        if value is not None:
            params[name] = _scalar(member, value) if isinstance(value, str) else value
    if payload is None and body:
        if protocol == "rest-json":
            document = json.loads(body)
            params.update(document if isinstance(document, dict) else {"(body)": document})
        elif any("location" not in member.serialization for member in shape.members.values()):
            params.update(_xml_value(shape, ElementTree.fromstring(body)))
    return params


def _payload(member, body, protocol):
    """The body as one member; bytes (an object, an archive) aren't looked at beyond their being there."""
    if member.type_name in ("blob", "string"):
        return (b"" if member.type_name == "blob" else body.decode(errors="replace")) if body else None
    if not body:
        return None
    return json.loads(body) if protocol == "rest-json" else _xml_value(member, ElementTree.fromstring(body))


def _xml_value(shape, element):
    kind = shape.type_name
    if kind == "structure":
        wires = {}
        for name, member in shape.members.items():
            if "location" not in member.serialization:
                wires[member.serialization.get("name", name)] = (name, member)
        values = {}
        for child in element:
            tag = child.tag.rpartition("}")[2]
            name, member = wires.get(tag, (tag, None))
            if member is None:
                values[name] = child.text
            elif member.type_name == "list" and member.serialization.get("flattened"):
                values.setdefault(name, []).append(_xml_value(member.member, child))
            else:
                values[name] = _xml_value(member, child)
        for name, text in element.attrib.items():
            local = name.rpartition("}")[2]
            for wire, (member_name, _member) in wires.items():
                if wire.rpartition(":")[2] == local and _member.serialization.get("xmlAttribute"):
                    values[member_name] = text
        return values
    if kind == "list":
        return [_xml_value(shape.member, child) for child in element]
    if kind == "map":
        pairs = [[part.text or "" for part in entry] for entry in element]
        return dict(pairs)
    return _scalar(shape, element.text or "")
