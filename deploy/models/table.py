"""The pinned sets of models.ini as values. Nothing here touches a network or a models folder."""
import configparser
import hashlib
import re
from dataclasses import dataclass
from typing import Optional

from problem import REFUSED, USAGE, Problem

_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9._-]*')
_SHA256 = re.compile(r'[0-9a-f]{64}')


@dataclass(frozen=True)
class Pin:
    """A file: its size in bytes and hash; None where only the archive's own hash vouches for it."""
    name: str
    size: Optional[int]
    sha256: Optional[str]


@dataclass(frozen=True)
class Source:
    kind: str  # pypi, release, file
    place: str  # the project, the path below the releases, the URL
    file: str  # what it is called there and in the cache
    size: int
    sha256: str
    prefix: str = ''  # the files are below it


@dataclass(frozen=True)
class Make:
    """TARGET is made by MAKER (makers.py) from a member of the archive."""
    target: str
    maker: str
    input: Pin


@dataclass(frozen=True)
class ModelSet:
    name: str
    default: bool
    folder: str
    about: str
    licence: str
    publisher: str
    remark: str
    sources: tuple  # none: not for this machine
    files: tuple
    makes: tuple
    licence_file: str
    config: str

    @property
    def download_size(self):
        return self.sources[0].size if self.sources else 0

    @property
    def unpacked_size(self):
        """At most about so many bytes on disk."""
        known = sum(pin.size for pin in self.files if pin.size)
        return known if all(pin.size for pin in self.files) else max(known, 2 * self.download_size)

    @property
    def stamp(self):
        """Changes with what is pinned, so that another version is told from this one."""
        pinned = repr((self.files, self.makes, [] if self.all_pinned else [source.sha256 for source in self.sources]))
        return hashlib.sha256(pinned.encode()).hexdigest()[:16]

    @property
    def all_pinned(self):
        return all(pin.sha256 for pin in self.files)


def _check_path(section, name):
    parts = name.split('/')
    if not all(_NAME.fullmatch(part) for part in parts):
        raise Problem(USAGE, f'[{section}]: {name!r} is no path for a file')
    return name


def _pin(section, words):
    if len(words) != 3:
        raise Problem(USAGE, f'[{section}]: not NAME BYTES SHA256: {" ".join(words)}')
    name, size, sha256 = words
    if size == sha256 == '-':
        return Pin(_check_path(section, name), None, None)
    if not (size.isdigit() and _SHA256.fullmatch(sha256)):
        raise Problem(USAGE, f'[{section}]: not NAME BYTES SHA256: {" ".join(words)}')
    return Pin(_check_path(section, name), int(size), sha256)


def _source(section, words):
    kind, place, file, prefix = words[0], words[1] if len(words) > 1 else '', '', ''
    if kind == 'pypi' and len(words) == 6:
        file, prefix = words[2], words[5]
        numbers = words[3:5]
    elif kind == 'release' and len(words) == 5:
        file, prefix = place.rsplit('/', 1)[-1], words[4]
        numbers = words[2:4]
    elif kind == 'file' and len(words) == 4:
        file = place.rsplit('/', 1)[-1]
        numbers = words[2:4]
    else:
        raise Problem(USAGE, f'[{section}]: no source: {" ".join(words)}')
    pin = _pin(section, [file] + numbers)
    if pin.size is None:
        raise Problem(USAGE, f'[{section}]: a source needs its size and hash: {" ".join(words)}')
    return Source(kind, place, file, pin.size, pin.sha256, prefix)


def _set(name, section, machine):
    def lines(key):
        text = section.get(f'{key}.{machine}', section.get(key, ''))
        return [line.split() for line in text.splitlines() if line.strip()]

    makes = []
    for words in lines('make'):
        if len(words) != 5:
            raise Problem(USAGE, f'[{name}]: not NAME MAKER INPUT BYTES SHA256: {" ".join(words)}')
        makes.append(Make(_check_path(name, words[0]), words[1], _pin(name, words[2:])))
    return ModelSet(
        name=name, default=section.getboolean('default', False), folder=_check_path(name, section.get('folder', name)),
        about=section.get('about', ''), licence=section.get('licence', ''), publisher=section.get('publisher', ''),
        remark=section.get('remark', ''), sources=tuple(_source(name, words) for words in lines('from')),
        files=tuple(_pin(name, words) for words in lines('files')), makes=tuple(makes),
        licence_file=section.get('licence_file', ''),
        config=''.join(line[1:] + '\n' for line in section.get('config', '').splitlines() if line.startswith('|')))


def read_table(path, machine):
    """The sets in their order, by name."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=('=',), comment_prefixes=('#',),
                                       empty_lines_in_values=False)
    parser.optionxform = str
    try:
        with open(path, encoding='utf-8') as file:
            parser.read_file(file)
    except (OSError, UnicodeError, configparser.Error) as failure:
        raise Problem(USAGE, f'{path}: {failure}') from failure
    sets = {}
    for name in parser.sections():
        _check_path('table', name)
        sets[name] = _set(name, parser[name], machine)
    if not sets:
        raise Problem(REFUSED, f'{path} lists no models')
    return sets
