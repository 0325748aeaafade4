"""What pip is set to on this machine. pip itself need not be installed."""
import configparser
import os


def _pip_files():
    home = os.path.expanduser('~')
    configs = os.environ.get('XDG_CONFIG_HOME') or os.path.join(home, '.config')
    return ['/etc/xdg/pip/pip.conf', '/etc/pip.conf', os.path.join(home, '.pip', 'pip.conf'),
            os.path.join(configs, 'pip', 'pip.conf'), os.environ.get('PIP_CONFIG_FILE', '')]


def pip_setting(name):
    """What pip itself would use: its environment variable, else its configuration; the last file wins."""
    value = os.environ.get('PIP_' + name.upper().replace('-', '_'))
    if value:
        return value
    parser = configparser.RawConfigParser(strict=False)
    for path in _pip_files():
        try:
            parser.read(path, encoding='utf-8')
        except (configparser.Error, UnicodeError):
            continue  # pip complains of it by itself
    return parser.get('global', name, fallback='')
