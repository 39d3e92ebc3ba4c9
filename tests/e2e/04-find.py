"""Search: words, filters, ranking, pages, and nothing one may not see."""
import datetime

from common import *

hub, alice, bob = hub_with("alice", "bob")
base = folder("files")
DAY = 86400
now = int(datetime.datetime.now().timestamp())


def make(path, size=10, age=0):
    f = write(os.path.join(base, path), b"x" * size)
    os.utime(f, (now - age * DAY, now - age * DAY))


make("doc/changelog", 5000, 1)
make("doc/changelog.old", 5000, 400)
make("doc/my-changelog.txt", 100, 2)
make("doc/unchangelogged.md", 100, 3)
make("changelog/readme.txt", 20, 4)
make("music/Ärger im Büro.mp3", 9000, 5)
make("music/song.flac", 200000, 6)
make("pictures/cat.png", 3000, 7)
make("pictures/a1.jpg", 300, 8)
for i in range(700):
    make(f"bulk/item-{i:04}.dat", i, 10)
os.symlink("changelog", os.path.join(base, "doc", "link-to-changelog"))
alice.must("put", "-r", base, ":/")
alice.must("mv", ":/files", ":/f")


def find(*args, who=alice):
    return [e["path"] for e in who.json("find", *args)]


hits = find("changelog", "--kind", "file")
equal(hits[0], "/f/doc/changelog", "the exact name comes first")
ok("/f/doc/unchangelogged.md" in hits, "parts of words are found", hits)
ok(hits.index("/f/doc/changelog.old") < hits.index("/f/doc/my-changelog.txt")
   < hits.index("/f/doc/unchangelogged.md"),
   "beginning before word before anywhere", hits)
ok("/f/changelog/readme.txt" not in hits,
   "a word must be in the name", hits)
equal(find("changelog", "readme"), ["/f/changelog/readme.txt"],
      "others may be in the path")
equal(find("CHANGELOG", "OLD"), ["/f/doc/changelog.old"], "case does not matter")
equal(find("ärger"), ["/f/music/Ärger im Büro.mp3"], "nor in other letters")
equal(find("BÜRO", "mp3"), ["/f/music/Ärger im Büro.mp3"], "several words")
equal(find("a1"), ["/f/pictures/a1.jpg"], "two letters")
equal(find("no-such-thing"), [], "nothing is nothing")
alice.expect(2, "a sign alone is no word", "find", "%")
equal(find('"changelog"', "*"), [], "a quote is a sign like others")
equal(find("readme OR song"), [], "there is no query language to trip over")

equal(find("--larger", "100k"), ["/f/music/song.flac"], "--larger")
equal(find("changelog", "--smaller", "1k", "--kind", "file", "--under",
           ":/f/doc"),
      ["/f/doc/my-changelog.txt", "/f/doc/unchangelogged.md"], "--smaller")
equal(find("changelog", "--older", "100d"), ["/f/doc/changelog.old"],
      "--older by a duration")
day = datetime.date.fromtimestamp(now - 300 * DAY).isoformat()
equal(find("changelog", "--older", day), ["/f/doc/changelog.old"],
      "--older by a date")
ok("/f/doc/changelog.old" not in find("changelog", "--newer", "7d"),
   "--newer")
equal(find("--type", "image/png"), ["/f/pictures/cat.png"], "--type in full")
equal(sorted(find("--type", "image")), ["/f/pictures/a1.jpg",
                                        "/f/pictures/cat.png"],
      "--type in part")
equal(find("--kind", "link"), ["/f/doc/link-to-changelog"], "--kind")
equal(find("doc", "--kind", "folder"), ["/f/doc"], "folders are found")
equal(find("txt", "--under", ":/f/changelog"), ["/f/changelog/readme.txt"],
      "--under")
equal(find("txt", "--under", "alice:/f/changelog/"),
      ["/f/changelog/readme.txt"], "--under with the owner")
equal(len(find("item")), 700, "pages add up")
equal(len(set(find("item"))), 700, "without doubles")
equal(len(find("item", "--limit", "33")), 33, "--limit")
equal(find("item", "0042"), ["/f/bulk/item-0042.dat"], "one of many")

# ---- others ----------------------------------------------------------------
equal(find("changelog", who=bob), [], "nothing private is found")
alice.must("access", ":/f/pictures", "open")
equal(find("png", who=bob), ["/f/pictures/cat.png"], "what is open is")
equal(find("png", "--owner", "alice", who=bob), ["/f/pictures/cat.png"],
      "by owner")
equal(find("png", "--owner", "bob", who=bob), [], "not by another")
equal(sorted(find("--access", "open", who=bob)),
      ["/f/pictures", "/f/pictures/a1.jpg", "/f/pictures/cat.png"],
      "by access")
alice.must("grant", ":/f/music", "bob", "see")
equal(find("song", who=bob), ["/f/music/song.flac"], "what is granted is")
alice.must("revoke", ":/f/music", "bob")
equal(find("song", who=bob), [], "and no longer")

# ---- changes are found at once ---------------------------------------------
alice.must("mv", ":/f/pictures/cat.png", ":/f/pictures/dog.png")
equal((find("cat.png"), find("dog.png")), ([], ["/f/pictures/dog.png"]),
      "a new name")
alice.must("mv", ":/f/doc", ":/f/papers")
equal(find("papers", "my-changelog"), ["/f/papers/my-changelog.txt"],
      "a new name of a folder above")
alice.must("rm", "-r", ":/f/papers")
equal(find("my-changelog"), [], "what is removed is gone")
r = alice.works("for people", "find", "song", "-l")
ok("alice:/f/music/song.flac" in r.out and "200000" in r.out, "with -l", r)
r = alice.works("one a line", "find", "song")
equal(r.out, "alice:/f/music/song.flac\n", "whole remote paths")

# ---- did you mean -----------------------------------------------------------
r = alice.works("a misspelt word", "find", "picutres")
equal((r.out, r.err), ("", "nothing matches 'picutres'; did you mean: "
                       "pictures\n"), "is told of, beside the hits")
equal(alice.json("find", "picutres"), [{"near": ["pictures"]}], "as JSON")
equal(alice.json("find", "readme", "chnagelog"),
      [{"near": ["readme changelog"]}], "one word of several")
equal(alice.json("find", "picutres", "--kind", "file"), [],
      "filters hold for what is offered")
r = alice.works("nothing like it", "find", "zzzzzzzz")
equal((r.out, r.err), ("", ""), "nothing is said of nothing")
equal(alice.works("quietly", "find", "-q", "picutres").err, "", "-q")
equal(bob.json("find", "readmee"), [], "what is hidden is offered to nobody")
alice.must("access", ":/f/changelog", "open")
equal(bob.json("find", "readmee"), [{"near": ["readme"]}], "what is seen is")
equal(bob.json("find", "readmee", "--owner", "bob"), [], "in its space")

alice.expect(2, "kinds have names", "find", "--kind", "thing")
alice.expect(2, "sizes have a form", "find", "--larger", "4x")
alice.expect(4, "owners exist", "find", "x", "--owner", "nobody")
finish()
