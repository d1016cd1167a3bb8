"""``python -m pi_host``: the host process. The bridge starts it; people use the ``pi-host`` command."""

from __future__ import annotations

import gc

from pi_host._later import defer_tls

if __name__ == "__main__":
    gc.disable()  # until the plugins are loaded: imports make no garbage, and looking for it takes a twentieth of them
    defer_tls()  # before anything imports asyncio
    from pi_host._process import main

    main()
