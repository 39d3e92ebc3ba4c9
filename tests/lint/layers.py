"""Include arrows point one way, and each foreign library has one home.

client, server -> net -> proto -> model -> store -> chunk -> wire -> crypto
-> base.  The programs and examples see the public headers only; so does
fssweb, whose TLS and Kore have one file each.
"""

import os
import re

from _source import code, files, finish, lines, read, selftest

LAYERS = {"base": 0, "crypto": 1, "wire": 2, "chunk": 3, "store": 4,
          "model": 5, "proto": 6, "net": 7, "client": 8, "server": 8}
HOMES = {"zmq.h": "net", "sqlite3.h": "store", "sodium.h": "crypto",
         "openssl/": "crypto", "intel-ipsec-mb.h": "crypto",
         "msgpack.h": "wire", "utf8proc.h": "base"}
PROGRAMS = ("fssd", "fssctl", "fssweb", "daemon", "words", "examples")
# Files of fssweb that may see what nobody else of it does.
WEB = {"openssl/": ("fssweb/tls.c", "fssweb/mac.c", "fssweb/tus.c"),
       "kore/": ("fssweb/kore_host.h", "fssweb/sandbox.c")}


def home(header):
    for prefix, layer in HOMES.items():
        if header == prefix or (prefix.endswith("/") and
                                header.startswith(prefix)):
            return layer
    return None


def wrong(path, bracket, header):
    """Why @path may not include @header, or None."""
    parts = path.split("/")
    if bracket == "<":
        for prefix, allowed in WEB.items():
            if header.startswith(prefix) and (parts[0] == "fssweb" or
                                              prefix == "kore/"):
                return None if path in allowed else \
                    f"belongs to {' and '.join(allowed)} only"
        place = home(header)
        if place and parts[:2] != ["libfss", place]:
            return f"belongs to libfss/{place} only"
        if parts[0] == "include" and not header.startswith("fss/") and \
                header not in ("stddef.h", "stdint.h", "stdbool.h"):
            return "is not for a public header"
        return None
    if parts[0] == "libfss":
        layer = parts[1]
        target = header.split("/")[0]
        if "/" not in header or target not in LAYERS:
            return "is not written as layer/header.h"
        if layer not in LAYERS:
            return f"is in a folder that is no layer ({layer})"
        if target != layer and LAYERS[target] >= LAYERS[layer]:
            return f"points from {layer} up to {target}"
        return None
    if parts[0] in PROGRAMS and "/" not in header:
        return None
    return "is not a public header"


def check(path, text):
    problems = []
    # Keep strings: the name in #include "..." is one.
    for n, line in lines(code(text, strings=True)):
        m = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        why = m and wrong(path, m.group(1), m.group(2))
        if why:
            problems.append(f"{path}:{n}: {m.group(2)} {why}")
    return problems


selftest(check, [
    ("libfss/base/x.c", '#include "wire/reader.h"\n'),
    ("libfss/client/x.c", '#include "server/x.h"\n'),
    ("libfss/proto/x.c", '#include "net/dealer.h"\n'),
    ("libfss/base/x.c", '#include "path.h"\n'),
    ("libfss/server/x.c", "# include <zmq.h>\n"),
    ("libfss/store/x.c", "#include <openssl/evp.h>\n"),
    ("include/fss/x.h", "#include <zmq.h>\n"),
    ("include/fss/x.h", "#include <sys/types.h>\n"),
    ("fssd/x.c", '#include "base/io.h"\n'),
    ("examples/x.c", "#include <sqlite3.h>\n"),
    ("fssweb/x.c", "#include <openssl/ssl.h>\n"),
    ("fssweb/x.c", "#include <kore/kore.h>\n"),
    ("fssd/x.c", "#include <kore/http.h>\n"),
    ("fssweb/x.c", '#include "client/op.h"\n'),
], [
    ("libfss/net/x.c", '#include <zmq.h>\n#include "base/io.h"\n'),
    ("libfss/wire/x.c", '/*\n#include "net/a.h"\n*/\n#include "wire/a.h"\n'),
    ("fssctl/x.c", '#include "parse.h"\n#include <fss/client.h>\n'),
    ("fssweb/tls.c", '#include <openssl/ssl.h>\n#include "host.h"\n'),
])
paths = files("libfss", "include", *PROGRAMS, suffixes=(".c", ".h", ".def"))
problems = [p for path in paths for p in check(path, read(path))]
folders = {p.split(os.sep)[1] for p in paths if p.startswith("libfss/")}
problems += [f"libfss/{f}: is no layer" for f in sorted(folders - set(LAYERS))]
finish(problems, len(paths))
