"""Resend as a mail service that is asked by a key of ours: the same mail, asked for twice, is sent once."""

from typing import Any

from anymail.backends import resend


class EmailBackend(resend.EmailBackend):
    """A mail's `idempotency_key` goes along; within a day Resend answers its repetition with what it did before."""

    takes_key = True

    def build_message_payload(self, message: Any, defaults: Any) -> resend.ResendPayload:
        headers = {"Idempotency-Key": message.idempotency_key}
        return resend.ResendPayload(message, defaults, self, headers=headers)
