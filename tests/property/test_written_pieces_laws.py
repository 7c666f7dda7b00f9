"""Laws of reading written JSON again: every text is seen, whatever signs are in it, and members are told by their names."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.text_pieces import json_pieces, pieces_of, values_of

LAWS = settings(max_examples=80, deadline=None)
texts = st.lists(
    st.sampled_from(["a", '"', "\\", "é", "\n", ":", " ", "id", "street", "217 555 0199", "{", ",", "<"]), max_size=6
).map("".join)
members = st.sampled_from(["id", "street", "address_line_one", "name", "a:b"])
values = st.recursive(
    texts | st.integers(0, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=3),
    max_leaves=8,
)
documents = st.lists(st.dictionaries(members, values, max_size=4), min_size=1, max_size=3)


def held(value, member=""):
    """Every text of a document with the member it stands under."""
    if isinstance(value, str):
        yield member, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from held(inner, name)
    elif isinstance(value, list):
        # An entry of a list does not stand behind the name and its colon.
        for inner in value:
            yield from ((name or None, text) for name, text in held(inner))


@LAWS
@given(documents, st.sampled_from([(",", ":"), (", ", ": "), (" ,", " : ")]))
def test_every_text_is_a_piece_and_known_members_are_found(lines, separators):
    """A text that is no piece would not be searched; one taken for an id would be passed over."""
    written = "".join(json.dumps(line, ensure_ascii=False, separators=separators) + "\n" for line in lines)
    pieces = json_pieces(written.encode())
    coded = {json.dumps(text, ensure_ascii=False)[1:-1] for line in lines for _, text in held(line)}
    assert coded <= set(pieces.distinct().to_list())
    for name in ("id", "street", "address_line_one"):
        found = values_of(pieces, [name])[name]
        begins, ends = pieces.begins()[found], pieces.ends[found]
        told = sorted(written.encode()[begin:end].decode() for begin, end in zip(begins, ends, strict=True))
        expected = (text for line in lines for member, text in held(line) if member == name)
        assert told == sorted(json.dumps(text, ensure_ascii=False)[1:-1] for text in expected)


@LAWS
@given(st.lists(st.text(alphabet="ab<é \n", max_size=6), min_size=1, max_size=6))
def test_pieces_are_what_stands_between_the_signs(parts):
    written = "<".join(parts)
    told = set(pieces_of(written.encode(), "<").distinct().to_list())
    assert told | {""} == {*written.split("<"), ""}


def test_bytes_that_are_no_text_are_read_as_far_as_they_can_be():
    """A file with one broken byte would not be searched at all."""
    assert set(pieces_of(b"Jane \xff Doe<b", "<").distinct().to_list()) == {"Jane � Doe", "b"}
