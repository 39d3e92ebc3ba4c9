"""Tokens, sessions, invites, share links and figures of the hub."""
from datetime import datetime, timedelta, timezone
from pathlib import Path

import fss
import pytest
from hub import PASSWORD, Hub


def test_a_token_can_do_what_its_scopes_say(hub: Hub, client: fss.Client,
                                            folder: str) -> None:
    client.write_bytes(f"{folder}/x", b"content")
    made = client.create_token("reader", "read")
    assert made.scopes == fss.Scope.READ and made.label == "reader"
    assert made.expires is None and made.token not in repr(made)
    with fss.Client(hub.address, token=made.token) as c:
        assert c.whoami().name == "alice" and c.account == "alice"
        assert c.read_bytes(f"{folder}/x") == b"content"
        with pytest.raises(fss.errors.EDENIED):
            c.write_bytes(f"{folder}/y", b"")
        with pytest.raises(fss.errors.EDENIED):
            c.create_token("another", "read")
        with pytest.raises(fss.errors.EDENIED):
            c.passwd(PASSWORD, "another password")
        mine = [s for s in client.sessions() if s.device == made.device]
        assert [s.kind for s in mine] == [fss.DeviceKind.TOKEN]
    client.revoke_device(made.device)


def test_tokens_are_listed_and_revoked(hub: Hub, client: fss.Client) -> None:
    made = client.create_token("nightly", fss.Scope.READ | fss.Scope.WRITE,
                               ttl=3600)
    left = (made.expires or datetime.now(timezone.utc)) - \
        datetime.now(timezone.utc)
    assert timedelta(minutes=50) < left < timedelta(minutes=70)
    device = {d.id: d for d in client.devices()}[made.device]
    assert device.name == "nightly" and device.expires == made.expires
    assert device.kind is fss.DeviceKind.TOKEN and not device.current
    assert device.scopes == fss.Scope.READ | fss.Scope.WRITE
    with fss.Client(hub.address, token=made.token) as c:
        c.ping()
        client.revoke_device(made.device)
        with pytest.raises(PermissionError):
            c.whoami()
    assert made.device not in {d.id for d in client.devices()}
    with fss.Client(hub.address, token=made.token) as c:
        with pytest.raises(fss.errors.EAUTH):
            c.whoami()


def test_what_is_no_token(hub: Hub, client: fss.Client) -> None:
    with pytest.raises(fss.errors.EAUTH, match="43"):
        fss.Client(hub.address, token="short")
    with fss.Client(hub.address, token="A" * 43) as c:
        with pytest.raises(fss.errors.EAUTH):
            c.whoami()
    with pytest.raises(fss.errors.EINVAL, match="no identity"):
        fss.Client(hub.address, token="A" * 43,
                   identity=fss.key_generate()[0])
    with pytest.raises(fss.errors.EINVAL, match="no identity"):
        fss.Client(hub.address, token="A" * 43, account="alice")
    with pytest.raises(ValueError, match="'fly' is no scope"):
        client.create_token("x", "read,fly")
    for scopes in ("", "account"):
        with pytest.raises(fss.errors.EINVAL):
            client.create_token("x", scopes)


def test_a_token_with_a_profile_takes_the_hub_only(
        hub: Hub, client: fss.Client, tmp_path: Path) -> None:
    made = client.create_token("script", "read")
    with fss.Profile(tmp_path / "profile") as p:
        with pytest.raises(fss.Error):
            fss.Client(profile=p, token=made.token)
        p.trust(hub.plain, fss.key_parse(hub.key))
        p.use(hub.plain, "bob")
        with fss.Client(profile=p, token=made.token) as c:
            assert c.whoami().name == "alice"
    client.revoke_device(made.device)


def test_a_token_outlives_the_hub(tmp_path: Path) -> None:
    hub = Hub(tmp_path).start()
    try:
        with fss.Client(hub.address) as owner:
            owner.register("alice", PASSWORD, hub.invite)
            token = owner.create_token("long", "read,write").token
        with fss.Client(hub.address, token=token) as c:
            c.write_bytes(":/x", b"1")
            hub.kill()
            hub.start()
            assert c.read_bytes(":/x") == b"1" and c.account == "alice"
    finally:
        hub.stop()


def test_sessions_are_ended(hub: Hub, client: fss.Client,
                            bob: fss.Client) -> None:
    bob.ping()
    with pytest.raises(fss.errors.EDENIED):
        next(bob.sessions("alice"))
    names = {s.name for s in client.sessions(everybody=True)}
    assert {"alice", "bob"} <= names
    with fss.Client(hub.address, device_name="lent") as c:
        c.login("bob", PASSWORD)
        one = next(s for s in bob.sessions() if s.device_name == "lent")
        assert one.name == "bob" and not one.current
        assert one.kind is fss.DeviceKind.KEY and one.since is not None
        assert one.address.startswith("127.0.0.1")
        client.end_session(one.id)
        # Its key is good: it comes again, by itself.
        assert c.whoami().name == "bob"
        assert one.id not in {s.id for s in bob.sessions()}
    with pytest.raises(fss.errors.ENOENT):
        client.end_session(one.id)


def test_invites_are_withdrawn(hub: Hub, client: fss.Client) -> None:
    made = client.invite(role="operator", uses=7)
    one = next(i for i in client.invites() if i.uses == 7)
    assert one.role is fss.Role.OPERATOR and one.by == "alice"
    assert one.expires_us == made.expires_us and one.created is not None
    client.withdraw_invite(one.id)
    assert one.id not in {i.id for i in client.invites()}
    with pytest.raises(fss.errors.ENOENT):
        client.withdraw_invite(one.id)
    with fss.Client(hub.address) as c:
        with pytest.raises(fss.errors.EINVITE):
            c.register("erin", PASSWORD, made.code)


def test_figures_are_for_operators(client: fss.Client,
                                   bob: fss.Client) -> None:
    with pytest.raises(fss.errors.EDENIED):
        bob.hub()
    h = client.hub()
    assert h.release == fss.library_version() and h.since is not None
    assert h.sessions >= 2 and h.disk_free > 0 and h.database > 0
    assert client.registration is fss.Registration.OPEN


def test_links(client: fss.Client, bob: fss.Client, folder: str) -> None:
    client.write_bytes(f"{folder}/x", b"1")
    until = datetime.now(timezone.utc).replace(microsecond=0) + \
        timedelta(days=1)
    made = client.make_link(f"{folder}/x", password="a long password",
                            expires=until, limit=2, label="for carol")
    # The newest comes first.
    told = next(client.links())
    assert told.id == made.id and told.remote.name == "x"
    assert told.kind is fss.LinkKind.DOWNLOAD and told.number == 1
    assert told.protected and told.limit == 2 and told.expires == until
    assert told.entry_kind is fss.Kind.FILE and told.used == 0
    assert made.token and not told.token
    follows = client.make_link(f"{folder}/x", follow=True)
    assert follows.number is None and not follows.protected
    assert follows.expires is None and follows.limit == 0
    assert made.token not in repr(made)
    into = client.make_link(folder, "upload")
    assert into.kind is fss.LinkKind.UPLOAD
    assert into.entry_kind is fss.Kind.DIR
    with pytest.raises(fss.errors.ENOTDIR):
        client.make_link(f"{folder}/x", "upload")
    with pytest.raises(fss.errors.ENOENT):
        client.make_link(f"{folder}/none")
    with pytest.raises(fss.Error):
        bob.make_link("alice:/docs")
    with pytest.raises(fss.errors.ENOENT):
        bob.revoke_link(made.id)
    for link in (made, follows, into):
        client.revoke_link(link.id)
    assert made.id not in {k.id for k in client.links()}
    with pytest.raises(fss.errors.ENOENT):
        client.revoke_link(made.id)


def test_find_newest_first(client: fss.Client, folder: str) -> None:
    for name in ("newest-b", "newest-a", "newest-c"):
        client.write_bytes(f"{folder}/{name}", name.encode())
    assert [e.name for e in client.find(
        owner="alice", under=folder[1:], newest=True)] == [
            "newest-c", "newest-a", "newest-b"]
    with pytest.raises(fss.errors.EINVAL, match="words"):
        next(client.find("newest", newest=True))
