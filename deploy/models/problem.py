"""What can go wrong, as one line for a person and an exit code for a script."""
import errno

REFUSED = 1  # it is not what is pinned, or damaged: nothing of it is kept
USAGE = 2
AWAY = 3  # a registry or release that cannot be reached, or has no such file
UNWRITABLE = 4  # no space, or a folder that may not be written


class Problem(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def of_writing(path, failure):
    """An OSError at PATH as a Problem."""
    if failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem(UNWRITABLE, f'the disk is full: {path} cannot be written; free some space and start this again')
    return Problem(UNWRITABLE, f'{path} cannot be written: {failure.strerror or failure}')
