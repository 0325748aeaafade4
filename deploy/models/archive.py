"""Takes named files out of a wheel (zip) or a release's archive (tar.bz2). Nothing of a package is ever run, and no name
in an archive decides where a file goes."""
import os
import tarfile
import zipfile
import zlib

from problem import REFUSED, Problem, of_writing

_MOST_TIMES_LARGER = 12  # than the archive, all that comes out of it


class _Sink:
    """Writes members below a folder, up to so many bytes in all."""

    def __init__(self, archive, size, folder):
        self.archive = archive
        self.folder = folder
        self.left = _MOST_TIMES_LARGER * size + (1 << 20)

    def put(self, name, most, stream):
        """Writes a member to NAME; MOST: its pinned size, or None."""
        path = os.path.join(self.folder, name)
        limit = self.left if most is None else min(most, self.left)
        count = 0
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                while piece := stream.read(1 << 20):
                    count += len(piece)
                    if count > limit:
                        raise Problem(REFUSED, f'{self.archive}: {name} is larger than it may be')
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except OSError as failure:
            if failure.errno is None:  # the archive's, not the disk's
                raise
            raise of_writing(path, failure) from failure
        self.left -= count


def check_name(archive, name):
    parts = name.rstrip('/').split('/')
    if name.startswith('/') or '\\' in name or '\0' in name or '..' in parts:
        raise Problem(REFUSED, f'{archive} is not unpacked: it has a path that leads out of it: {name!r}')


def _unpack_zip(path, sink, wanted):
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            check_name(sink.archive, name)
        for name in archive.namelist():
            if name in wanted:
                with archive.open(name) as stream:
                    sink.put(*wanted[name], stream)


def _unpack_tar(path, sink, wanted):
    with tarfile.open(path, 'r|bz2') as archive:
        for member in archive:
            name = member.name[2:] if member.name.startswith('./') else member.name
            check_name(sink.archive, name)
            if name not in wanted:
                continue
            if not member.isfile():
                raise Problem(REFUSED, f'{sink.archive}: {name} is no file')
            sink.put(*wanted[name], archive.extractfile(member))


def unpack(path, called, folder, wanted):
    """CALLED: its name where it comes from. WANTED: name in the archive -> (name below FOLDER, size or None)."""
    sink = _Sink(called, os.path.getsize(path), folder)
    try:
        (_unpack_zip if called.endswith('.whl') else _unpack_tar)(path, sink, wanted)
    except (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, ValueError, OSError, RuntimeError) as failure:
        raise Problem(REFUSED, f'{called} is no archive that can be read: {failure}') from failure
