"""What a mail service posts, in memory: as large as a mail may be, and with each field as the bytes that came."""

from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.http import parse_header_parameters

MOST_FIELDS = 2000


class TooLarge(Exception):
    pass


class Malformed(Exception):
    """Nothing that we could store a mail from. The text is for whoever set the service up."""


class Post(HttpRequest):
    """The same request without Django's limit of 2.5 MB, for django-anymail's views; `fields` for ourselves.

    Django reads texts as UTF-8, and puts question marks where a mail is none: raw mails are taken from `fields`.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        # Half as much again: a mail travels as base64, or with much of it escaped.
        limit = settings.MAIL_MAX_BYTES * 3 // 2 + 1024 * 1024
        self.given = request.read(limit + 1)
        if len(self.given) > limit:
            raise TooLarge
        self.method = "POST"
        self.META = request.META
        self.path = self.path_info = request.path
        self.content_type, self.content_params = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
        self.fields: dict[str, bytes] = {}
        self.texts = QueryDict(mutable=True)
        if self.content_type == "application/x-www-form-urlencoded":
            self._read_escaped()
        elif self.content_type == "multipart/form-data":
            self._read_parts()
        self.POST = self.texts  # type: ignore[assignment]

    @property
    def body(self) -> bytes:
        return self.given

    def _read_escaped(self) -> None:
        try:
            pairs = parse_qsl(
                self.given.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS
            )
        except ValueError as error:
            raise Malformed("The form has too many fields.") from error
        for name, value in pairs:
            self._add(name, value.encode("latin-1"))

    def _read_parts(self) -> None:
        boundary = (self.content_params or {}).get("boundary", "").encode("latin-1", "replace")
        if not boundary:
            raise Malformed("The form names no boundary.")
        parts = (b"\r\n" + self.given).split(b"\r\n--" + boundary)
        if len(parts) > MOST_FIELDS:
            raise Malformed("The form has too many fields.")
        for part in parts[1:]:
            head, found, content = part.partition(b"\r\n\r\n")
            if not found:  # what follows the last boundary
                continue
            headers = BytesHeaderParser().parsebytes(head.lstrip(b" \t\r\n"))
            name = _text(headers.get_param("name", "", header="content-disposition"))
            filename = _text(headers.get_param("filename", "", header="content-disposition"))
            if filename:
                kind = headers.get_content_type()
                self.FILES.appendlist(name, SimpleUploadedFile(filename, content, content_type=kind))
            elif name:
                self._add(name, content)

    def _add(self, name: str, value: bytes) -> None:
        self.fields[name] = value
        self.texts.appendlist(name, value.decode("utf-8", "replace"))


def _text(value: Any) -> str:
    """A parameter of a header, which may come with a charset of its own (RFC 2231)."""
    return str(value[2]) if isinstance(value, tuple) else str(value or "")
