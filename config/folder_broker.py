"""Celery's broker in a folder, made safe against reading a message that is still being written.

Kombu's file transport opens the message under its final name and then writes it. A worker that
polls in between reads an empty message and stops. Here a message gets its name when it is complete.
The broker's address is ``folder://``.
"""

import os
import uuid
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """File channel whose messages appear in the folder whole or not at all."""

    # The ignored type: Kombu's own file channel names the argument unlike its base class.
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # Readers sort by name and take what ends in the queue's name: digits of equal length keep
        # the order of sending, and the part file is taken by nobody.
        name = f"{monotonic_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        target = os.path.join(self.data_folder_out, name)
        part = f"{target}.part"
        with open(part, "wb") as file:
            file.write(str_to_bytes(dumps(payload)))
        os.replace(part, target)


class Transport(filesystem.Transport):
    """File transport with the safe channel."""

    Channel = Channel
