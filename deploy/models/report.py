"""What is told while something is fetched: one line in its place on a terminal, a line now and then elsewhere."""
import sys
import time

SECONDS_BETWEEN_LINES = 20


def megabytes(count):
    return f'{count / 1e6:.0f} MB' if count >= 9.5e6 else f'{count / 1e6:.1f} MB'


def say(text):
    clear()
    print(text, flush=True)


def note(text):
    say('    ' + text)


def clear():
    if sys.stdout.isatty():
        sys.stdout.write('\r\x1b[K')


class Progress:
    """How much of everything that has to be fetched is there; TOTAL in bytes."""

    def __init__(self, total):
        self.total = total
        self.before = 0  # of what is finished
        self.label = ''
        self.told = time.monotonic()

    def begin(self, label):
        self.label = label

    def at(self, count):
        now = time.monotonic()
        terminal = sys.stdout.isatty()
        if now - self.told < (0.2 if terminal else SECONDS_BETWEEN_LINES):
            return
        self.told = now
        done = min(self.before + count, self.total)
        line = f'    {self.label}: {megabytes(done)} of {megabytes(self.total)}'
        if terminal:
            sys.stdout.write('\r\x1b[K' + line)
            sys.stdout.flush()
        else:
            print(line, flush=True)

    def end(self, count):
        self.before += count
