"""aiobotocore's clients, and so aioboto3's: answered in process, without a socket.

The one idea to hold: aiobotocore is botocore with ``async`` before it. What only decides, and awaits nothing, is done
once for both (`calls`, `credentials`, `sleep`); here is what is awaited. Nothing here imports aiobotocore: there is
nothing to do before somebody else does.
"""

from __future__ import annotations

import sys


def is_imported() -> bool:
    """Tell whether there is anything to patch."""
    return "aiobotocore.client" in sys.modules


def is_client(client: object) -> bool:
    """Tell whether a client is aiobotocore's."""
    module = sys.modules.get("aiobotocore.client")
    return module is not None and isinstance(client, module.AioBaseClient)
