"""The servers that departments keep their extracts on, each started for tests on 127.0.0.1 and a free port.

`with sftp_server(folder) as server:` yields what a client needs: host, port, user, password or key, root folder, and
the host key or CA to trust. `tests/servers/fixtures.py` offers each as a session-scoped fixture for tests that leave
the server as it is. A test that stops, pauses or restarts a server starts its own with the context manager.

Every server that is a process has `stop()`, `start()` (the same port), `pause()` and `resume()`: nobody answers, or
the connection stands still. It ends with the context, and with the tests' process, even if that is killed. Start it
in the main thread: the kernel ties it to the life of the thread.

Here belongs how a server is started and how it can misbehave, not what the platform makes of it.
"""
