"""The table of routes of the web front end and docs/openapi.yaml agree.

Of every operation: method and path, who may use it and with which scope,
whether a cookie alone is not enough, how long its body may be, and the names
of its query parameters.
"""

import re

import yaml

from _source import finish, read, selftest

CHANGES = {"post", "put", "patch", "delete"}
METHODS = CHANGES | {"get", "head", "options"}
BODIES = {"0": 0, "API_SMALL": 4096, "API_BODY": 65536,
          "API_LARGE": 1 << 20, "API_STREAM": "stream"}
LOGINS = {"STATIC": "none", "VISITOR": "none", "NOBODY": "none",
          "OPTIONAL": "optional", "LOGIN": "required"}
PAGE = "cursor limit"


def table(source):
    """{(method, path): (login, scope, body, query names)} of the C table."""
    rows = {}
    source = source.replace("\\\n", " ")
    start = source.index("#define ROUTES(X)")
    for m in re.finditer(
            r'X\((\w+), "([^"]+)", (\w+), (\w+), (\w+),\s*'
            r'((?:"[^"]*"|PAGE|\s)+),\s*(\w+)\)', source[start:]):
        query = re.sub(r"PAGE", f'"{PAGE}"', m.group(6))
        names = "".join(re.findall(r'"([^"]*)"', query)).split()
        path = re.sub(r":(\w+)", r"{\1}", m.group(2))
        rows[m.group(1).lower(), path] = (
            LOGINS[m.group(3)], m.group(4).lower(), BODIES[m.group(5)],
            sorted(n for n in names if n != "+"))
    return rows


def look_up(document, item):
    while "$ref" in item:
        value = document
        for part in item["$ref"][2:].split("/"):
            value = value[part]
        item = value
    return item


def described(document):
    """The same of the document, and what is wrong in it alone."""
    rows, problems = {}, []
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            op = item[method]
            where = f"{method} {path}"
            fss = op["x-fss"]
            parameters = [look_up(document, p) for p in
                          item.get("parameters", []) +
                          op.get("parameters", [])]
            named = {p["name"] for p in parameters if p["in"] == "path"}
            if named != set(re.findall(r"{(\w+)}", path)):
                problems.append(f"{where}: path parameters do not fit")
            csrf = method in CHANGES and fss["login"] == "required"
            if fss.get("csrf", False) != csrf:
                problems.append(f"{where}: csrf should be {csrf}")
            if method == "head":
                continue
            rows[method, path] = (
                fss["login"], fss.get("scope", "any"), fss.get("body", 0),
                sorted(p["name"] for p in parameters if p["in"] == "query"))
    return rows, problems


def check(pair):
    source, document = pair
    rows, problems = described(document)
    have = table(source)
    for key in sorted(have.keys() | rows.keys()):
        name = "%s %s" % key
        if key not in rows:
            problems.append(f"{name}: not in openapi.yaml")
        elif key not in have:
            problems.append(f"{name}: not in api_routes.c")
        elif have[key] != rows[key]:
            problems.append(f"{name}: the table has {have[key]}, "
                            f"openapi.yaml {rows[key]}")
    return problems


def sample(**fss):
    return {"paths": {"/a/{b}": {"put": {"x-fss": fss, "parameters": [
        {"name": "b", "in": "path"}, {"name": "c", "in": "query"}]}}}}


ROW = '#define ROUTES(X) \\\n\tX(PUT, "/a/:b", LOGIN, READ, API_BODY, "c", f)'
GOOD = {"login": "required", "csrf": True, "scope": "read", "body": 65536}
selftest(lambda path, pair: check(pair), [
    ("x", (ROW, sample(**{**GOOD, "login": "none", "csrf": False}))),
    ("x", (ROW, sample(**{**GOOD, "csrf": False}))),
    ("x", (ROW, sample(**{**GOOD, "scope": "write"}))),
    ("x", (ROW, sample(**{**GOOD, "body": 0}))),
    ("x", (ROW.replace('"c"', '"c d"'), sample(**GOOD))),
    ("x", (ROW.replace("PUT", "POST"), sample(**GOOD))),
    ("x", (ROW.replace(":b", ":x"), sample(**GOOD))),
    ("x", ("#define ROUTES(X)", sample(**GOOD))),
], [("x", (ROW, sample(**GOOD)))])

routes = read("fssweb/api_routes.c")
openapi = yaml.safe_load(read("docs/openapi.yaml"))
finish(check((routes, openapi)), len(table(routes)))
