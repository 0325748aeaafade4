"""Packages and archives in the machine's cache: downloaded once, known by their hash, continued where a run was cut off."""
import fcntl
import hashlib
import os
import shutil
import time

import http_get
import registry
import report
from problem import AWAY, REFUSED, UNWRITABLE, Problem, of_writing

_RELEASES = 'https://github.com/k2-fsa/sherpa-onnx/releases/download'
_PIECE = 1 << 18
_FRUITLESS_TRIES = 3  # in a row, without a byte
_SLOW_WINDOW_SECONDS, _SLOW_BYTES = 60, 64 << 10  # less in that time counts as silence


def cache_folder():
    """Of the machine's user, so that the next clone finds it."""
    return os.path.join(os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'earshot', 'downloads')


def file_sha256(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class Lock:
    """One run at a time in a folder; the kernel lets go of it when a run dies."""

    def __init__(self, folder):
        self.path = os.path.join(folder, '.lock')

    def __enter__(self):
        try:
            self.file = open(self.path, 'w', encoding='ascii')
        except OSError as failure:
            raise of_writing(self.path, failure) from failure
        told = False
        while True:
            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self
            except BlockingIOError:
                if not told:
                    report.note(f'another run is at work in {os.path.dirname(self.path)}: waiting for it')
                told = True
                time.sleep(0.1)

    def __exit__(self, *_):
        self.file.close()


def check_space(folder, needed):
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(UNWRITABLE, f'{report.megabytes(free)} free in {folder}, {report.megabytes(needed)} are needed')


def _append(response, file, have, source, progress):
    """Writes what comes, and never more than is pinned."""
    window, window_bytes = time.monotonic(), have
    while piece := http_get.read_some(response, _PIECE):
        have += len(piece)
        if have > source.size:
            raise Problem(REFUSED, f'{http_get.host(response.geturl())} sends more than the {source.size} bytes of {source.file}')
        file.write(piece)
        progress.at(have)
        if time.monotonic() - window > _SLOW_WINDOW_SECONDS:
            if have - window_bytes < _SLOW_BYTES:
                raise http_get.Broken(f'{http_get.host(response.geturl())} hardly sends anything')
            window, window_bytes = time.monotonic(), have


def _continue(url, login, part, source, progress):
    """One try; raises Broken, or returns when the connection ended."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    headers = {'Range': f'bytes={have}-'} if have else {}
    try:
        response = http_get.request(url, headers, login)
    except http_get.NoSuchRange:  # what is here is none of that file
        os.unlink(part)
        raise http_get.Broken(f'{http_get.host(url)} cannot go on') from None
    with response:
        goes_on = response.status == 206 and response.headers.get('Content-Range', '').startswith(f'bytes {have}-')
        if have and not goes_on:
            have = 0  # the server begins anew
        with open(part, 'ab' if have else 'wb') as file:
            _append(response, file, have, source, progress)


def _complete(url, login, part, source, progress):
    """Until all of it is there."""
    fruitless = 0
    while True:
        before = os.path.getsize(part) if os.path.exists(part) else 0
        if before >= source.size:
            return
        reason = f'{http_get.host(url)} breaks off'
        try:
            _continue(url, login, part, source, progress)
        except http_get.Broken as broken:
            reason = str(broken)
        after = os.path.getsize(part) if os.path.exists(part) else 0
        fruitless = 0 if after > before else fruitless + 1
        if fruitless >= _FRUITLESS_TRIES:
            kept = f'; {report.megabytes(after)} are kept, the next run goes on from there' if after else ''
            raise Problem(AWAY, f'{reason}: {source.file}{kept}')
        if fruitless:
            time.sleep(2 ** (fruitless - 1))


def _address(source):
    if source.kind == 'pypi':
        return registry.find(source)
    if source.kind == 'release':
        return f'{(os.environ.get("EARSHOT_RELEASES_URL") or _RELEASES).rstrip("/")}/{source.place}', None
    return source.place, None


def missing_bytes(source):
    """What is left to be downloaded."""
    path = _path(source)
    if os.path.exists(path):
        return 0
    return max(source.size - (os.path.getsize(path + '.part') if os.path.exists(path + '.part') else 0), 0)


def _path(source):
    return os.path.join(cache_folder(), f'{source.sha256[:16]}-{source.file}')


def fetch(source, progress):
    """The path of a source in the cache, with the right hash."""
    folder, path = cache_folder(), _path(source)
    part = path + '.part'
    try:
        os.makedirs(folder, exist_ok=True)
        with Lock(folder):
            if os.path.exists(path) and file_sha256(path) == source.sha256:
                return path
            check_space(folder, missing_bytes(source))
            url, login = _address(source)
            for anew in (False, True):
                continued = os.path.exists(part)
                _complete(url, login, part, source, progress)
                if file_sha256(part) == source.sha256:
                    os.replace(part, path)
                    return path
                os.unlink(part)
                if not continued or anew:  # what an earlier run left may have been damaged
                    break
            raise Problem(REFUSED, f'{source.file} from {http_get.host(url)} is not what is pinned (wrong SHA-256): nothing of it is kept')
    except OSError as failure:
        raise of_writing(failure.filename or part, failure) from failure
