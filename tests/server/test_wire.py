"""What one process sends is what the other receives, whole or not at all."""

import asyncio
import socket

from hypothesis import given
from hypothesis import strategies as st

from seqloom.server.wire import Frame, packed, read, receive, send

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FRAMES = st.builds(Frame, st.dictionaries(st.text(), JSON), st.binary())


@given(st.lists(FRAMES, max_size=4))
def test_frames_arrive_in_order_and_then_the_end(frames: list[Frame]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for frame in frames:
            send(ours, frame)
        ours.close()
        assert [receive(theirs) for _ in frames] == frames
        assert receive(theirs) is None


@given(FRAMES, st.integers(min_value=0))
def test_a_frame_that_was_cut_is_none(frame: Frame, cut: int) -> None:
    whole = packed(frame)

    async def run(given: bytes) -> Frame | None:
        stream = asyncio.StreamReader()
        stream.feed_data(given)
        stream.feed_eof()
        return await read(stream)

    assert asyncio.run(run(whole)) == frame
    assert asyncio.run(run(whole[: cut % len(whole)])) is None
