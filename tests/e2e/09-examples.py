"""The programs in examples/ work as their comments say."""
from common import *

EXAMPLES = os.path.join(BUILD, "examples")
hub, alice = hub_with("alice")


def example(name, *args, binary=False):
    return run([os.path.join(EXAMPLES, name), *args], env=alice.env,
               binary=binary)


tree = folder("tree")
content = os.urandom(700000)
write(os.path.join(tree, "big.bin"), content)
write(os.path.join(tree, "small.txt"), "small\n")

r = example("put", tree, ":/tree")
ok(r.code == 0 and r.out.startswith("2 files"), "put uploads a folder", r)
r = example("put", tree, ":/tree")
ok(r.code == 0 and "0 bytes sent" in r.out, "and sends nothing twice", r)
r = example("put", os.path.join(TMP, "none"), ":/x")
ok(r.code == 4, "put says what is wrong", r)
r = example("get", ":/tree/big.bin", binary=True)
ok(r.code == 0 and r.out == content, "get writes content")
r = example("get", ":/tree/big.bin", "300000", "5", binary=True)
ok(r.out == content[300000:300005], "and ranges of it")
r = example("get", ":/none")
ok(r.code == 4, "get says what is wrong", r)
r = example("find", "small")
equal(r.out.split(), ["6", "alice:/tree/small.txt"], "find finds")
r = example("find", "small", "alice")
equal(r.out.split(), ["6", "alice:/tree/small.txt"], "by owner too")
r = example("loop_poll", ":/tree/big.bin", ":/tree/small.txt", ":/none")
ok(r.code == 0 and ":/tree/big.bin: " in r.out and "700000 bytes" in r.out and
   ":/tree/small.txt: " in r.out and ":/none: no such" in r.out,
   "loop_poll does several things at once", r)
r = example("embed_hub", os.path.join(TMP, "embedded"))
ok(r.code == 0 and r.out.count("account alice, role 2") == 2,
   "embed_hub has both in one program", r)
r = example("embed_hub", os.path.join(TMP, "embedded"))
ok(r.code == 6, "and does not overwrite a hub", r)
for name in ("put", "get", "find", "loop_poll", "answer", "embed_hub",
             "resume", "visit"):
    r = example(name)
    ok(r.code == 2 and r.err.startswith("usage:"), f"{name} shows its usage",
       r)
finish()
