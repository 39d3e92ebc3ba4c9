"""Each public function says what a caller has to know."""

import re

from _source import api, files, finish, read, selftest

PARTS = ("Ownership:", "Errors:", "Thread:", "Blocks:", "Since:")


def check(path, text):
    problems = []
    for name, comment in api(text):
        if not comment.startswith("/**"):
            problems.append(f"{path}: {name}: no comment before it")
            continue
        problems += [f"{path}: {name}: no {part}" for part in PARTS
                     if not re.search(part + r"\s*\S", comment)]
        first = comment.split("\n")[1] if "\n" in comment else ""
        if not re.match(r" \* [A-Z].*[.:]$", first):
            problems.append(f"{path}: {name}: no line that says it all")
    return problems


def sample(comment, between=""):
    return ("x.h", f"{comment}\n{between}FSS_API int fss_a(void);\n")


WHOLE = ("/**\n * Do it.\n *\n * Ownership: none.\n * Errors: none.\n"
         " * Thread: any.   Blocks: never.   Since: 1.0.\n */")
selftest(check, [
    *[sample(WHOLE.replace(part, "")) for part in PARTS],
    sample(""), sample(WHOLE, "int other;\n"),
    sample(WHOLE.replace("/**", "/*")),
    sample(WHOLE.replace("Do it.", "")),
], [sample(WHOLE), sample(WHOLE, "\n")])
paths = files("include", suffixes=(".h",))
texts = [(p, read(p)) for p in paths]
finish([p for path, text in texts for p in check(path, text)],
       sum(len(api(text)) for _, text in texts))
