"""The growing tree and its proofs, against the recursive definition of RFC 6962."""

from hashlib import sha256

import pytest

from audit.tree import (
    EMPTY_ROOT,
    Frontier,
    Place,
    consistency_path,
    edge,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    numbered,
    root_from_inclusion,
)

MOST = 40
LEAVES = [leaf_hash(bytes([n])) for n in range(MOST)]


def defined_root(leaves):
    """RFC 6962 2.1, as it is written."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


def node_at(place: Place) -> bytes:
    width = 1 << place.level
    return defined_root(LEAVES[place.n * width : (place.n + 1) * width])


@pytest.mark.parametrize("size", range(MOST))
def test_the_frontier_has_the_defined_root_at_every_size(size):
    frontier = Frontier()
    nodes = list(numbered(frontier.extend(LEAVES[:size]), 0))

    assert frontier.root() == defined_root(LEAVES[:size])
    assert all(node.hash == node_at(Place(node.level, node.n)) for node in nodes)
    assert len(nodes) == sum(size >> level for level in range(size.bit_length()))


@pytest.mark.parametrize("size", range(MOST))
def test_leaves_added_at_once_and_one_by_one_complete_the_same(size):
    for start in range(size):
        together, apart = Frontier(), Frontier()
        together.extend(LEAVES[:start])
        apart.extend(LEAVES[:start])

        at_once = set(numbered(together.extend(LEAVES[start:size]), start))
        one_by_one = {node for n in range(start, size) for node in numbered(apart.extend([LEAVES[n]]), n)}

        assert at_once == one_by_one
        assert together.edge == apart.edge == [node_at(place) for place in edge(size)]


@pytest.mark.parametrize("size", range(MOST))
def test_a_frontier_rebuilt_from_stored_nodes_goes_on_alike(size):
    rebuilt = Frontier(size, map(node_at, edge(size)))

    rebuilt.extend([LEAVES[size]])

    assert rebuilt.root() == defined_root(LEAVES[: size + 1])


def test_a_frontier_refuses_an_edge_of_another_size():
    with pytest.raises(ValueError, match="edge"):
        Frontier(3, [LEAVES[0]])


def test_a_copy_grows_apart():
    frontier = Frontier(1, LEAVES[:1])

    frontier.copy().extend([LEAVES[1]])

    assert frontier.root() == LEAVES[0]


@pytest.mark.parametrize("size", range(1, MOST))
def test_every_leaf_is_proven_and_no_other(size):
    root = defined_root(LEAVES[:size])
    for index in range(size):
        path = inclusion_path(index, size, node_at)

        assert root_from_inclusion(LEAVES[index], index, size, path) == root
        assert root_from_inclusion(LEAVES[-1], index, size, path) != root
        assert root_from_inclusion(LEAVES[index], index, size, [*path, root]) is None
        if path:
            assert root_from_inclusion(LEAVES[index], index, size, path[:-1]) is None


def test_a_leaf_outside_the_tree_has_no_path():
    with pytest.raises(ValueError, match="not in the tree"):
        inclusion_path(2, 2, node_at)
    assert root_from_inclusion(LEAVES[0], 2, 2, []) is None


@pytest.mark.parametrize("new", range(1, MOST))
def test_every_prefix_is_proven_and_another_is_not(new):
    new_root = defined_root(LEAVES[:new])
    for old in range(1, new + 1):
        old_root = defined_root(LEAVES[:old])
        path = consistency_path(old, new, node_at)

        assert is_consistent(old, old_root, new, new_root, path)
        assert not is_consistent(old, EMPTY_ROOT, new, new_root, path)
        assert not is_consistent(old, old_root, new, new_root, [*path, new_root])
        if path:
            assert not is_consistent(old, old_root, new, new_root, path[:-1])


def test_from_nothing_the_proof_is_empty_and_a_longer_one_is_refused():
    assert consistency_path(0, 3, node_at) == []
    assert is_consistent(0, EMPTY_ROOT, 3, defined_root(LEAVES[:3]), [])
    assert not is_consistent(0, EMPTY_ROOT, 3, defined_root(LEAVES[:3]), [LEAVES[0]])


def test_a_tree_does_not_shrink():
    with pytest.raises(ValueError, match="shrink"):
        consistency_path(3, 2, node_at)
