"""What services refuse, in words for the person who asked."""


class Refused(Exception):
    """Bad input: `message` says what is wrong, `field` (where one is to blame) which field. Nothing was stored."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
