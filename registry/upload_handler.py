"""Takes large uploads: encrypted piece by piece, so that they never lie readable in a folder."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from registry.sealed_files import SealedWriter

MAX_UPLOAD_BYTES = 50 * 1024 * 1024
"""Of one file, and of all files of an import together."""


class SealedUpload(UploadedFile):
    """A file that arrived and lies encrypted under ``stored``. It is not opened by forms."""

    def __init__(self, writer: SealedWriter, name: str, content_type: str, charset: str) -> None:
        super().__init__(BytesIO(), name, content_type, writer.size, charset)
        self.stored = writer.name
        self.size = writer.size


class SealedUploadHandler(FileUploadHandler):
    """Comes after the handler that keeps small files in memory, in place of temporary files."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self.writer = SealedWriter()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Encrypt a piece; a file beyond the limit is not taken further."""
        self.writer.write(raw_data)
        if self.writer.size > MAX_UPLOAD_BYTES:
            self.writer.discard()
            raise StopUpload(connection_reset=False)

    def file_complete(self, file_size: int) -> SealedUpload:
        """The file, whole and encrypted."""
        self.writer.close()
        return SealedUpload(
            self.writer, self.file_name or "", self.content_type or "", self.charset or ""
        )

    def upload_interrupted(self) -> None:
        """The person went away."""
        if hasattr(self, "writer"):
            self.writer.discard()
