"""Witnesses: what they cosign and refuse by the protocol, and over loopback, with real processes, a fork and a rollback."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from audit.checkpoint import Checkpoint, VerifierKey, signed
from audit.cosignature import WitnessKey, cosignatures
from audit.errors import BadPolicy
from audit.fence import Fence
from audit.tree import Frontier, Place, consistency_path, numbered
from audit.verify import Summary, trusting, verify_database
from audit.witness import Request, Witness
from audit.witnessing import Outcome, Policy, ask_all, cosigned_note, standing
from cli.witness.asking import posted
from cli.witness.serving import Own, new
from db.engine import Database, Login
from db.keys import Use
from tests.logs import a_disclosure, a_log

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
ORIGIN = "luukku.example/audit/2026"
NAME = "witness.example/w1"


class Tree:
    """A log of leaves alone, signed."""

    def __init__(self, keyring, mark=b"a"):
        self._keyring, self._mark, self._frontier, self._nodes = keyring, mark, Frontier(), {}
        self.key = VerifierKey(ORIGIN, keyring.public_key(Use.CHECKPOINT))

    def grown(self, size):
        before = self._frontier.size
        leaves = [self._mark * 32] * (size - before)
        self._nodes |= {
            Place(node.level, node.n): node.hash for node in numbered(self._frontier.extend(leaves), before)
        }
        return self

    def request(self, old, use=Use.CHECKPOINT):
        checkpoint = Checkpoint(ORIGIN, self._frontier.size, self._frontier.root())
        key = VerifierKey(ORIGIN, self._keyring.public_key(use))
        note = signed(checkpoint, key, lambda text: self._keyring.sign(use, text).signature)
        return Request(old, consistency_path(old, checkpoint.size, lambda place: self._nodes[place]), note)


@pytest.fixture
def witness(tmp_path, keyring):
    key = WitnessKey(NAME, keyring.public_key(Use.RECEIPT))
    trusted = VerifierKey("luukku.example/audit/2025", keyring.public_key(Use.CHECKPOINT))
    return Witness(tmp_path, key, lambda text: keyring.sign(Use.RECEIPT, text).signature, [trusted])


def answer(witness, request):
    return witness.add_checkpoint(str(request).encode(), AT)


def test_what_continues_the_log_is_cosigned_with_the_time(witness, keyring):
    tree = Tree(keyring).grown(3)

    first = answer(witness, tree.request(0))
    second = answer(witness, tree.grown(10).request(3))

    assert (first.status, second.status) == (HTTPStatus.OK, HTTPStatus.OK)
    key = WitnessKey(NAME, keyring.public_key(Use.RECEIPT))
    text = tree.request(0).note.partition("\n\n")[0] + "\n"
    assert [found.at for found in cosignatures(text, second.body.splitlines(), [key])] == [AT]


def test_the_same_checkpoint_again_is_cosigned_again(witness, keyring):
    tree = Tree(keyring).grown(3)
    answer(witness, tree.request(0))

    assert answer(witness, tree.request(3)).status == HTTPStatus.OK


def test_another_old_size_than_was_cosigned_is_a_conflict_that_tells_the_size(witness, keyring):
    tree = Tree(keyring).grown(3)
    answer(witness, tree.request(0))

    reply = answer(witness, tree.grown(9).request(2))

    assert (reply.status, reply.body, reply.kind) == (HTTPStatus.CONFLICT, "3\n", "text/x.tlog.size")


def test_a_smaller_log_is_refused(witness, keyring):
    answer(witness, Tree(keyring).grown(9).request(0))

    assert answer(witness, Tree(keyring).grown(5).request(0)).status == HTTPStatus.CONFLICT
    assert answer(witness, Request(9, [], Tree(keyring).grown(5).request(0).note)).status == HTTPStatus.BAD_REQUEST


def test_another_log_of_the_same_size_is_a_conflict(witness, keyring):
    answer(witness, Tree(keyring).grown(9).request(0))

    assert answer(witness, Tree(keyring, b"b").grown(9).request(9)).status == HTTPStatus.CONFLICT


def test_a_larger_log_that_does_not_begin_with_what_was_cosigned_is_refused(witness, keyring):
    answer(witness, Tree(keyring).grown(9).request(0))

    assert answer(witness, Tree(keyring, b"b").grown(12).request(9)).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_proof_from_nothing_must_be_empty(witness, keyring):
    request = Tree(keyring).grown(9).request(0)

    assert answer(witness, Request(0, [bytes(32)], request.note)).status == HTTPStatus.UNPROCESSABLE_ENTITY


def test_an_unknown_log_and_an_unknown_key_are_refused(witness, keyring):
    tree = Tree(keyring).grown(3)
    stranger = str(tree.request(0)).replace("luukku.example", "other.example")

    assert witness.add_checkpoint(stranger.encode(), AT).status == HTTPStatus.NOT_FOUND
    assert answer(witness, tree.request(0, Use.FEED_TOKEN)).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("body", [b"", b"old 01\n\nx", b"old 3\nno base64\n\nx", b"\xff", b"old 0\n\nno checkpoint\n"])
def test_what_is_no_request_is_refused(witness, body):
    assert witness.add_checkpoint(body, AT).status == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "text", ["", "quorum 1", "witness x https://w.example\nquorum 1", "quorum 0\nquorum 0", "what is this\nquorum 0"]
)
def test_a_policy_out_of_form_is_refused(text):
    with pytest.raises(BadPolicy):
        Policy.parse(text)


def test_a_former_witness_is_asked_no_more_and_what_it_cosigned_is_verified_still(tmp_path, keyring):
    ours, former = (WitnessKey(f"w.example/{use}", keyring.public_key(use)) for use in (Use.RECEIPT, Use.EXPORT))
    (tmp_path / "witnesses").write_text(f"witness {ours} https://w.example\nformer {former}\nquorum 1\n")

    policy = Policy.of(tmp_path)

    assert ([known.key for known in policy.witnesses], policy.keys) == ([ours], (ours, former))


class Process:
    """The witness as a municipality runs it."""

    def __init__(self, folder, vkey):
        self._folder, self._vkey = folder, vkey
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self):
        command = ["witness", "serve", self._folder, "--log", self._vkey, "--port", self.port]
        self._process = subprocess.Popen([sys.executable, "-m", "cli", *map(str, command)], env=dict(os.environ))
        while posted(f"http://127.0.0.1:{self.port}/nothing", b"") is None and self._process.poll() is None:
            time.sleep(0.1)

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def running(tmp_path, keyring):
    """Our witness in a process of its own, and the policy that names it."""
    year = datetime.now(tz=UTC).year
    vkey = VerifierKey(f"luukku.example/audit/{year}", keyring.public_key(Use.CHECKPOINT))
    key = new(tmp_path / "witness", NAME).strip()
    process = Process(tmp_path / "witness", vkey)
    process.policy = Policy.parse(f"# ours\nwitness {key} http://127.0.0.1:{process.port}/\nquorum 1\n")
    yield process
    process.kill()


def grow(log, disclosures):
    log.start()
    with log.sealer() as sealer:
        for _ in range(disclosures):
            sealer.seal(a_disclosure())
    log.stop()


def asked(url, keyring, policy):
    with Database(url, Login.SEQUENCER, keyring) as database:
        return [(each.outcome, each.size) for each in ask_all(database, policy, posted, AT)]


@pytest.mark.loopback
def test_a_witness_follows_a_real_log_and_refuses_a_rollback_and_a_fork_even_after_a_kill(
    copies, keyring, running, tmp_path
):
    with copies() as url, copies() as other, a_log(url, keyring) as log, a_log(other, keyring) as fork:
        grow(log, 3)
        assert asked(url, keyring, running.policy) == [(Outcome.COSIGNED, 4)]
        with copies(name_of(url)) as yesterday:
            grow(log, 3)
            assert asked(url, keyring, running.policy) == [(Outcome.COSIGNED, 7)]
            running.kill()
            assert asked(yesterday, keyring, running.policy) == [(Outcome.COSIGNED, 4)]
            running.start()
            grow_yesterday(yesterday, keyring, log, tmp_path)
            assert asked(yesterday, keyring, running.policy) == [(Outcome.ROLLED_BACK, 7)]
        grow(fork, 12)
        assert asked(other, keyring, running.policy) == [(Outcome.FORKED, 7)]
        with Database(url, Login.VERIFIER, keyring) as database, database.read() as read:
            stands = standing(read, running.policy)
            shown = cosigned_note(read, stands.log, 7)
        assert (stands.size, stands.cosigned_size, stands.quorum) == (7, 7, 1)
        assert f"\n\u2014 {NAME} " in shown
        kept = next((tmp_path / "witness").glob("*.checkpoint")).read_text()
        assert codes(url, keyring, running.policy, kept, log.fence) == set()
        assert "witness_disagrees" in codes(other, keyring, running.policy, kept, fork.fence)


def name_of(url):
    return url.partition("?")[0].rpartition("/")[2]


def grow_yesterday(url, keyring, log, tmp_path):
    """Go on from yesterday's copy, with a fence that was cut back too, by one event."""
    with a_log(url, keyring) as again:
        with Database(url, Login.VERIFIER, keyring) as database, database.read() as read:
            note = cosigned_note(read, datetime.now(tz=UTC).year, 4).partition(f"\u2014 {NAME}")[0]
        Fence(again.fence).write(note)
        grow(again, 1)


def codes(url, keyring, policy, kept, fence):
    from dataclasses import replace

    trust = replace(
        trusting(keyring, Fence(fence)), witnessed=(kept,), witnesses=tuple(each.key for each in policy.witnesses)
    )
    with Database(url, Login.VERIFIER, keyring) as database:
        return {str(line.code) for line in verify_database(database, trust) if not isinstance(line, Summary)}


@pytest.mark.loopback
def test_nobody_listening_is_told_as_unreachable(copies, keyring, running):
    running.kill()
    with copies() as url, a_log(url, keyring) as log:
        grow(log, 1)

        assert asked(url, keyring, running.policy) == [(Outcome.UNREACHABLE, 0)]


def test_a_witness_s_key_that_others_can_read_is_refused(tmp_path):
    from cli.settings import Refusal

    new(tmp_path / "w", NAME)
    (tmp_path / "w" / "witness.key").chmod(0o644)

    with pytest.raises(Refusal):
        Own.of(tmp_path / "w")
