"""What is packed on its way into the log comes out as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.postgres.packing import LARGE, packed, unpacked

_DATA = st.integers(0, 2 * LARGE).map(lambda size: b'{"a": "' + b"x" * size + b'"}')


@given(st.lists(_DATA, max_size=5))
async def test_data_comes_back_in_its_order_and_only_what_is_large_is_packed(data: list[bytes]) -> None:
    stored = await packed(data)
    assert [unpacked(each) for each in stored] == data
    assert all((len(was) < LARGE) == (now == was) for was, now in zip(data, stored, strict=True))
