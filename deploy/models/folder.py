"""The models folder: a folder a set, which is there as a whole or not at all, and a licence text for each."""
import os
import shutil

import archive
import download
import report
from makers import MAKERS, can_make
from problem import AWAY, REFUSED, USAGE, Problem, of_writing

_MANIFEST = 'manifest.sha256'  # as `sha256sum -c` reads it
_INPUTS = '.inputs'
_COMMON_APACHE = '/usr/share/common-licenses/Apache-2.0'


def path_of(root, model_set):
    return os.path.join(root, model_set.folder)


def _write(path, text):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(folder):
    """(stamp, name -> hash); ('', {}) when there is none."""
    try:
        with open(os.path.join(folder, _MANIFEST), encoding='utf-8') as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeError):
        return '', {}
    hashes = {}
    for line in lines[1:]:
        sha256, _, name = line.partition('  ')
        hashes[name] = sha256
    return lines[0].rpartition(' ')[2] if lines else '', hashes


def problem_of(root, model_set):
    """What is wrong with a set in the folder, in a few words; '' when each byte is right, 'absent' when it is not there."""
    folder = path_of(root, model_set)
    if not os.path.isdir(folder):
        return 'absent'
    stamp, hashes = _read_manifest(folder)
    if model_set.all_pinned:  # one that was put there by hand is as good
        hashes = {pin.name: pin.sha256 for pin in model_set.files}
    elif stamp != model_set.stamp:
        return 'another version' if stamp else 'unknown'
    for name, sha256 in hashes.items():
        try:
            if download.file_sha256(os.path.join(folder, name)) != sha256:
                return f'damaged: {name}'
        except OSError:
            return f'damaged: {name}'
    return ''


def _make_all(stage, model_set):
    for make in model_set.makes:
        source, target = os.path.join(stage, _INPUTS, make.input.name), os.path.join(stage, make.target)
        if os.path.exists(target):
            continue  # a mirror has it as it is needed
        if not os.path.exists(source):
            raise Problem(REFUSED, f'{model_set.name}: {make.input.name} is not in the package')
        if download.file_sha256(source) != make.input.sha256:
            raise Problem(REFUSED, f'{model_set.name}: {make.input.name} is not what is pinned (wrong SHA-256)')
        try:
            MAKERS[make.maker](source, target)
        except (ValueError, LookupError, UnicodeError) as failure:
            raise Problem(REFUSED, f'{model_set.name}: {make.target} could not be made: {failure}') from failure


def _check_all(stage, model_set):
    """Name -> hash of what is there, after comparing it with what is pinned."""
    hashes = {}
    for folder, _, names in os.walk(stage):
        for name in names:
            path = os.path.join(folder, name)
            hashes[os.path.relpath(path, stage)] = download.file_sha256(path)
    for pin in model_set.files:
        if pin.name not in hashes:
            raise Problem(REFUSED, f'{model_set.name}: {pin.name} is not in the package')
        if pin.sha256 and hashes[pin.name] != pin.sha256:
            raise Problem(REFUSED, f'{model_set.name}: {pin.name} is not what is pinned (wrong SHA-256): nothing of it is kept')
    return hashes


def _unpack(stage, path, source, model_set):
    if source.kind == 'file':
        shutil.copyfile(path, os.path.join(stage, model_set.files[0].name))
        return
    wanted = {source.prefix + pin.name: (pin.name, pin.size) for pin in model_set.files}
    for make in model_set.makes:
        wanted[source.prefix + make.input.name] = (f'{_INPUTS}/{make.input.name}', make.input.size)
    if model_set.licence_file:
        wanted[model_set.licence_file] = (f'{_INPUTS}/LICENCE', 1 << 20)
    for name in ('LICENSE', 'MODEL_CARD', 'README.md'):
        wanted.setdefault(source.prefix + name, (f'{_INPUTS}/{name}', 1 << 20))
    archive.unpack(path, source.file, stage, wanted)


def _licence_text(stage, model_set):
    text = f'{model_set.name}: {model_set.about}\nLicence: {model_set.licence}\nPublisher: {model_set.publisher}\n'
    text += ''.join(f'From: {source.place} ({source.file})\n' for source in model_set.sources)
    if model_set.remark:
        text += model_set.remark + '\n'
    inputs = os.path.join(stage, _INPUTS)
    found = [os.path.join(inputs, name) for name in ('LICENCE', 'LICENSE', 'MODEL_CARD')]
    if model_set.licence.startswith('Apache-2.0') and not any(os.path.exists(path) for path in found[:2]):
        found.append(_COMMON_APACHE)
    for path in found:
        if os.path.exists(path):
            with open(path, encoding='utf-8', errors='replace') as file:
                text += '\n' + file.read()
    return text


def _put(root, model_set, stage):
    """In the place of what is there. A worker that has files of it open keeps those."""
    target, old = path_of(root, model_set), stage + '.old'
    if os.path.lexists(target):
        os.rename(target, old)
    os.rename(stage, target)
    _delete(old)


def _delete(path):
    if os.path.islink(path) or os.path.isfile(path):
        os.unlink(path)
    elif os.path.isdir(path):
        shutil.rmtree(path)


def _install_from(root, model_set, source, progress):
    path = download.fetch(source, progress)
    stage = os.path.join(root, f'.{model_set.name}.new')
    _delete(stage)
    _delete(stage + '.old')
    try:
        download.check_space(root, model_set.unpacked_size)
        os.makedirs(os.path.join(stage, _INPUTS))
        _unpack(stage, path, source, model_set)
        _make_all(stage, model_set)
        licence = _licence_text(stage, model_set)
        _delete(os.path.join(stage, _INPUTS))
        hashes = _check_all(stage, model_set)
        _write(os.path.join(stage, _MANIFEST), f'# {model_set.name} {model_set.stamp}\n' +
               ''.join(f'{sha256}  {name}\n' for name, sha256 in sorted(hashes.items())))
        os.makedirs(os.path.join(root, 'licences'), exist_ok=True)
        _write(os.path.join(root, 'licences', model_set.name + '.txt'), licence)
        _put(root, model_set, stage)
    finally:
        _delete(stage)


def install(root, model_set, progress, tell_of_mirrors=True):
    """Fetches a set and puts it into the folder. Raises the first source's Problem when none of them has it. The folder's
    lock is held by the caller."""
    if not model_set.sources:
        raise Problem(REFUSED, f'{model_set.name} does not exist for this machine')
    for make in model_set.makes:
        if not can_make(make):
            raise Problem(USAGE, f'{model_set.name} cannot be made: this Earshot has no {make.maker}')
    first = None
    for source in model_set.sources:
        progress.begin(model_set.name)
        try:
            _install_from(root, model_set, source, progress)
            progress.end(model_set.download_size)
            return
        except OSError as failure:
            raise of_writing(failure.filename or root, failure) from failure
        except Problem as problem:
            first = first or problem
            if problem.code not in (AWAY, REFUSED):
                raise
            if tell_of_mirrors and source is not model_set.sources[-1]:
                report.note(f'{problem}; trying a mirror of {model_set.name}')
    raise first


def remove(root, model_set):
    target = path_of(root, model_set)
    if not os.path.lexists(target):
        raise Problem(USAGE, f'{model_set.name} is not in {root}')
    try:
        old = os.path.join(root, f'.{model_set.name}.new.old')
        _delete(old)
        os.rename(target, old)
        _delete(old)
        _delete(os.path.join(root, 'licences', model_set.name + '.txt'))
    except OSError as failure:
        raise of_writing(failure.filename or target, failure) from failure
