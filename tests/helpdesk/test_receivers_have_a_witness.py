"""No receiver fails unnoticed in tests: the fixture in `tests/conftest.py` sees what `send_robust` swallows."""

from django.dispatch import Signal


def test_a_receiver_that_fails_is_seen(receivers_may_fail) -> None:
    def broken(**kwargs: object) -> None:
        raise LookupError("on purpose")

    signal = Signal()
    signal.connect(broken)
    [(_, error)] = signal.send_robust(sender=None)
    assert isinstance(error, LookupError)
    assert [record.exc_info[1] for record in receivers_may_fail] == [error]
