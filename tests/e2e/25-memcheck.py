"""A program with hub and client in it, under valgrind: no error, no leak."""
import shutil

from common import *

if os.environ.get("FSS_SANITIZE"):
    skip("memcheck", "a sanitizer looks already")
elif not shutil.which("valgrind"):
    skip("memcheck", "no valgrind")
else:
    content = os.urandom(3000000)
    file = write(os.path.join(TMP, "file"), content)
    copy = os.path.join(TMP, "copy")
    r = run(["valgrind", "--quiet", "--leak-check=full",
             "--show-leak-kinds=definite,indirect,possible",
             "--errors-for-leak-kinds=definite,indirect,possible",
             "--error-exitcode=99",
             os.path.join(BUILD, "examples", "embed_hub"),
             os.path.join(TMP, "hub"), file, copy])
    ok(r.code == 0 and "==" not in r.err, "no error and no leak", r)
    equal(read(copy), content, "and what went up came down")
finish()
