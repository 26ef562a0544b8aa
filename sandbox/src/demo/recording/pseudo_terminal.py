"""Runs a program on a pseudo terminal.

usage: pseudo_terminal.py COLUMNS ROWS PROGRAM [ARGUMENT...]

Copies what the program writes to stdout and stdin to the program. Ends with its
exit status, or 128 and the number of the signal that ended it.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios


def main(columns, rows, program):
    pid, terminal = pty.fork()
    if pid == 0:
        # The parent sets the size before it writes this byte's answer.
        os.read(0, 1)
        os.execvp(program[0], program)
    size = struct.pack("HHHH", rows, columns, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    without_echo(terminal)
    os.write(terminal, b"\n")
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    copy(terminal)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    sys.exit(code if code >= 0 else 128 - code)


def without_echo(terminal):
    """Keystrokes do not show, so the output is the program's alone."""
    attributes = termios.tcgetattr(terminal)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def copy(terminal):
    """Copies both ways until the program has closed the terminal."""
    sources = [terminal, 0]
    while True:
        ready, _, _ = select.select(sources, [], [])
        for source in ready:
            try:
                chunk = os.read(source, 65536)
            except OSError:  # Linux reports a closed terminal as EIO.
                chunk = b""
            if source == terminal:
                if not chunk:
                    return
                os.write(1, chunk)
            elif chunk:
                os.write(terminal, chunk)
            else:
                sources.remove(0)


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
