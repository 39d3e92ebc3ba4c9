"""Every operation of docs/openapi.yaml, run as its examples have it.

Each answer has a status that is documented, the headers and the fields that
are, and no others; each example of an answer fits its own schema.
"""
import json
import re
import urllib.parse

import jsonschema
import yaml

from common_api import *		# noqa: F403
from common_api import (Browser, SOURCE, equal, finish, ok, quote,
                        setting_with)

with open(SOURCE + "/docs/openapi.yaml") as f:
    API = yaml.safe_load(f)
METHODS = ("get", "head", "put", "post", "patch", "delete", "options")

# ---- schemas ---------------------------------------------------------------


def resolve(item):
    while isinstance(item, dict) and "$ref" in item:
        value = API
        for part in item["$ref"][2:].split("/"):
            value = value[part]
        item = value
    return item


def expand(schema):
    """The schema with its references in place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return expand(resolve(schema))
        return {k: expand(v) for k, v in schema.items()}
    if isinstance(schema, list):
        return [expand(v) for v in schema]
    return schema


def properties(schema):
    """All properties of an object's schema, its parts' among them."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found.update(properties(part))
    return found


def unknown(schema, value, at="$"):
    """Fields of @value that @schema does not speak of."""
    out = []
    if isinstance(value, dict):
        known = properties(schema)
        for name, item in value.items():
            if known and name not in known:
                out.append(f"{at}.{name}")
            elif known:
                out += unknown(known[name], item, f"{at}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            out += unknown(schema["items"], item, f"{at}[{i}]")
    return out


def misfit(schema, value):
    """Why @value does not fit @schema, or ''."""
    schema = expand(schema)
    try:
        jsonschema.Draft202012Validator(schema).validate(value)
    except jsonschema.ValidationError as e:
        return f"{e.json_path}: {e.message[:300]}"
    return ", ".join(unknown(schema, value))


# ---- what the examples speak of -------------------------------------------

hub, web, people, (alice, bob, carol) = setting_with("alice", "bob", "carol")


def must(answer, *statuses):
    if answer.status not in (statuses or (200, 201, 204)):
        raise RuntimeError(str(answer))
    return answer


for path, data in ((":/notes.txt", b"hello, hub\n\n"),
                   (":/photos/beach.jpg", b"jpeg" * 100),
                   (":/draft.txt", b"draft"), (":/old.txt", b"old"),
                   (":/old1.txt", b"old"), (":/report.txt", b"first"),
                   (":/report.txt", b"second")):
    must(alice.upload(path, data))
must(alice.post("/folders", path=":/inbox"))
must(bob.upload(":/locked.pdf", b"locked"))
must(bob.put("/access", path=":/locked.pdf", access="ask"))
must(bob.post("/folders", path=":/inbox"))
must(bob.put("/access", path=":/inbox", access="ask"))
must(alice.upload(":/asked.txt", b"asked for"))
must(alice.put("/access", path=":/asked.txt", access="ask"))


def invite():
    return must(alice.post("/invites", uses=1)).json["code"]


def token():
    return must(alice.post("/tokens", label="t", scopes=["read"])).json


def session():
    b = Browser(web)
    must(b.login("alice"))
    must(b.get("/session"))		# which takes up a session
    rows = alice.all("/sessions")
    return next(r["session"] for r in rows if not r["current"] and
                r["name"] == "alice")


def invite_id():
    invite()
    return must(alice.get("/invites")).json["rows"][0]["invite"]


def stage():
    a = must(alice.raw("POST", "/api/v1/uploads", None, {
        "Tus-Resumable": "1.0.0", "Upload-Length": "11",
        "Upload-Metadata": "path Oi90dXMudHh0"}))
    return a.headers["Location"].rsplit("/", 1)[1]


def link():
    return must(alice.post("/links", path=":/photos")).json


def request_in():
    return must(bob.post("/requests", kind="get",
                         path="alice:/asked.txt")).json["request"]


FILL = {
    "code": invite,
    "device": lambda: token()["device"],
    "token_device": lambda: token()["device"],
    "session": session,
    "stage": stage,
    "link": lambda: link()["link"],
    "link_token": lambda: must(alice.post(
        "/links", path=":/notes.txt")).json["token"],
    "request": lambda: must(alice.post(
        "/requests", kind="want", text="anything")).json["request"],
    "request_in": request_in,
    "want_in": lambda: must(bob.post(
        "/requests", kind="want", text="notes", **{"from": "alice"}))
    .json["request"],
    "rule": lambda: must(alice.post(
        "/rules", verdict="deny", kinds=["get"])).json["rule"],
    "invite": invite_id,
}


def fill(value):
    """Placeholders become what they stand for; alone they keep its type."""
    if isinstance(value, dict):
        return {k: fill(v) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v) for v in value]
    if isinstance(value, str):
        whole = re.fullmatch(r"{(\w+)}", value)
        if whole:
            return FILL[whole.group(1)]()
    return value


def anew(name):
    def make():
        b = Browser(web)
        must(b.login(name))
        return b
    return make


# Who asks where it is not alice: what ends a log-in ends one made for it.
ACTORS = {"logOut": anew("alice"), "changePassword": anew("carol"),
          "logIn": lambda: Browser(web), "register": lambda: Browser(web)}
# The link of the examples is to a file; a zip needs a folder.
PATHS = {"publicZip": lambda: f"/s/{link()['token']}/zip",
         "publicForm": lambda: "/s/" + must(alice.post(
             "/links", path=":/inbox", kind="upload")).json["token"]}
QUERY = {"getZip": {"path": ":/photos"}, "listFolder": {"path": ":/"},
         "listGrants": {"path": ":/photos"},
         "putContent": {"path": ":/hello.txt"}}
BODIES = {"publicForm": (
    b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n"
    b"\r\nhello\r\n--b--\r\n", "multipart/form-data; boundary=b")}

# ---- running ---------------------------------------------------------------


def bodies(op):
    """(content type, example) of each example of a body."""
    content = op.get("requestBody", {}).get("content", {})
    found = [(t, e["value"]) for t, c in content.items()
             for e in c.get("examples", {}).values()]
    if op["operationId"] in BODIES:
        data, kind = BODIES[op["operationId"]]
        return [(kind, data)]
    return found or [(None, None)]


def check_answer(name, op, a, method):
    doc = op["responses"].get(str(a.status))
    if not ok(doc is not None and a.status < 400, f"{name}: {a.status}", a):
        return
    doc = resolve(doc)
    for header, item in doc.get("headers", {}).items():
        got = a.headers.get(header)
        item = resolve(item)["schema"]
        if not ok(got is not None, f"{name}: has {header}", a):
            continue
        if "const" in item:
            equal(got, item["const"], f"{name}: {header}")
        if "pattern" in item:
            ok(re.search(item["pattern"], got), f"{name}: {header}", got)
    kinds = doc.get("content", {})
    kind = (a.headers.get("Content-Type") or "").split(";")[0]
    if "application/json" in kinds and method != "head":
        equal(kind, "application/json", f"{name}: is JSON")
        equal(misfit(kinds["application/json"]["schema"], a.json), "",
              f"{name}: fits its schema")
    elif "text/html" in kinds and method != "head":
        ok(kind == "text/html" and a.text.startswith("<!doctype html>"),
           f"{name}: is a page", a)
        ok("<script" not in a.text, f"{name}: has no script")
    for header, want in (("X-Content-Type-Options", "nosniff"),
                         ("Referrer-Policy", "no-referrer")):
        equal(a.headers.get(header), want, f"{name}: {header}")


def run_one(method, path, item, op, kind, body):
    actor = ACTORS.get(op["operationId"], lambda: alice)()
    if path.startswith("/s/"):
        actor = Browser(web)
    headers, query = {}, {}
    for p in item.get("parameters", []) + op.get("parameters", []):
        p = resolve(p)
        value = p.get("example")
        if p["in"] == "path":
            path = path.replace("{%s}" % p["name"], quote(str(fill(value))))
        elif p["in"] == "header" and value is not None:
            headers[p["name"]] = str(fill(value))
        elif p["in"] == "query" and value is not None:
            query[p["name"]] = fill(value)
    path = PATHS.get(op["operationId"], lambda: path)()
    query.update(QUERY.get(op["operationId"], {}))
    if query:
        path += "?" + urllib.parse.urlencode(query)
    if kind == "application/json":
        body = json.dumps(fill(body)).encode()
    elif isinstance(body, str):
        body = body.encode()
    if kind is not None:
        headers["Content-Type"] = kind
    return actor.raw(method.upper(), path, body, headers)


ran = 0
for path, item in API["paths"].items():
    for method in METHODS:
        op = item.get(method)
        if op is None or op["operationId"] == "live":
            continue
        for i, (kind, body) in enumerate(bodies(op)):
            name = op["operationId"] + (f" {i + 1}" if i else "")
            if kind == "application/json":
                equal(misfit(op["requestBody"]["content"][kind]["schema"],
                             fill(body) if "ids" in body else body), "",
                      f"{name}: the body fits its schema")
            check_answer(name, op, run_one(method, path, item, op, kind,
                                           body), method)
            ran += 1
ok(ran > 65, f"{ran} examples were run")

# ---- examples of answers ---------------------------------------------------

for path, item in API["paths"].items():
    for method in METHODS:
        for status, doc in item.get(method, {}).get("responses", {}).items():
            for c in resolve(doc).get("content", {}).values():
                for key, e in c.get("examples", {}).items():
                    equal(misfit(c["schema"], e["value"]), "",
                          f"{method} {path}: example '{key}' of {status}")

sock = alice.socket()
ok(sock.status == 101 and sock.accepted, "live: 101")
equal(sock.next().get("type"), "hello", "live: begins with hello")
sock.close()
equal(web.stop(), 0, "the front end ends")
equal(hub.stop(), 0, "the hub ends")
finish()
