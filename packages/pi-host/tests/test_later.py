"""Modules that are loaded when first used: complete, once, and under their one identity."""

from __future__ import annotations

import subprocess
import sys

PRELUDE = "import sys; from pi_host._later import defer_tls; defer_tls(); "


def python(code: str, prelude: str = PRELUDE) -> str:
    """Run code in a fresh interpreter that has deferred TLS, and return what it prints."""
    done = subprocess.run([sys.executable, "-c", prelude + code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_host_starts_without_tls() -> None:
    assert python("import pi_host._process; print('_ssl' in sys.modules)") == "False"


def test_a_plugin_that_uses_ssl_gets_the_whole_module() -> None:
    assert python("import ssl; ssl.create_default_context(); print(type(ssl).__name__, ssl.CERT_NONE)") == "module 0"


def test_a_from_import_works() -> None:
    assert python("from ssl import SSLContext; print(SSLContext.__name__)") == "SSLContext"


def test_it_is_the_same_module_before_and_after_its_first_use() -> None:
    assert python("import ssl as before; before.SSLError; import ssl; print(before is ssl)") == "True"


def test_what_replaces_a_part_of_ssl_early_replaces_it_for_everybody() -> None:
    code = "import ssl; ssl.SSLContext; ssl.SSLContext = 7; import ssl as later; print(later.SSLContext)"
    assert python(code) == "7"


def test_a_missing_attribute_is_told_as_ever() -> None:
    code = "import ssl\ntry: ssl.nothing\nexcept AttributeError as error: print(error)"
    assert python(code) == "module 'ssl' has no attribute 'nothing'"


def test_asyncio_has_its_own_module_for_tls() -> None:
    assert python("import asyncio; print(asyncio.sslproto.SSLProtocol.__name__)") == "SSLProtocol"


def test_asyncio_speaks_tls() -> None:
    code = """
import asyncio, ssl
async def main():
    async def serve(reader, writer): writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try: await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
    except (ssl.SSLError, ConnectionError) as error: print("tls was tried")
asyncio.run(main())"""
    assert python(code) == "tls was tried"


def test_several_threads_may_be_the_first() -> None:
    code = """
import ssl, threading
seen = []
threads = [threading.Thread(target=lambda: seen.append(ssl.SSLContext)) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(seen), len(set(seen)))"""
    assert python(code) == "8 1"


def test_nothing_is_deferred_once_asyncio_is_there() -> None:
    assert python("print(type(sys.modules['ssl']).__name__)", prelude=f"import asyncio; {PRELUDE}") == "module"
