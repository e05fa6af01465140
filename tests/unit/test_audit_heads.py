"""The daily root over how far every person's numbers have come: lines, blocks, and proofs of being there and of not."""

import pytest

from audit.heads import BLOCK, PERSON, indexed, line_of, proven
from audit.tree import Frontier, leaf_hash, root_from_inclusion


def lines(count):
    """Lines of people whose pseudonyms are the even numbers from 2 on."""
    return [line_of((2 * n + 2).to_bytes(16), n + 1, bytes([n % 256]) * 32) for n in range(count)]


def name(number):
    return number.to_bytes(16).hex().encode()


def shown(some, *persons):
    return proven(persons, indexed(some), lambda block: some[block * BLOCK : (block + 1) * BLOCK])


@pytest.mark.parametrize("count", [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 77])
def test_the_root_by_blocks_is_the_root_of_all_lines(count):
    whole = Frontier()
    whole.extend([leaf_hash(line) for line in lines(count)])

    found = indexed(iter(lines(count)))

    assert (found.lines, found.root) == (count, whole.root())
    assert [block.first for block in found.blocks] == [line[:PERSON] for line in lines(count)[::BLOCK]]


@pytest.mark.parametrize("count", [1, 2, BLOCK, BLOCK + 1, 2 * BLOCK + 3, 5 * BLOCK])
def test_every_line_is_proven_from_two_blocks(count):
    some = lines(count)
    root = indexed(some).root

    for at in {0, 1, BLOCK - 1, BLOCK, count // 2, count - 2, count - 1} & set(range(count)):
        (found,) = shown(some, some[at][:PERSON])

        assert (found.index, found.line) == (at, some[at])
        assert root_from_inclusion(leaf_hash(found.line), at, count, found.path) == root


@pytest.mark.parametrize("number", [1, 3, 2 * BLOCK - 1, 2 * BLOCK + 1, 2 * BLOCK + 3, 4 * BLOCK + 3, 9_999_999])
def test_who_has_no_line_is_shown_by_the_two_between_which_it_would_stand(number):
    some = lines(2 * BLOCK + 1)
    root = indexed(some).root

    found = shown(some, name(number))

    assert [each.line for each in found] == (
        [line for line in some if line[:PERSON] < name(number)][-1:]
        + [line for line in some if line[:PERSON] > name(number)][:1]
    )
    assert all(root_from_inclusion(leaf_hash(each.line), each.index, len(some), each.path) == root for each in found)


def test_of_no_lines_nothing_is_shown_and_of_several_people_each_line_once():
    assert shown([], name(1)) == []

    found = shown(lines(3), name(2), name(3), name(4))

    assert [each.index for each in found] == [0, 1]
