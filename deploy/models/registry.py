"""Where a package lies: asked of the registry that pip is set to, by the package's hash. Many machines use a mirror."""
import html.parser
import json
import re
import urllib.parse

import http_get
from pip_settings import pip_setting
from problem import AWAY, REFUSED, Problem

_USUAL_INDEX = 'https://pypi.org/simple'
_MOST_PAGE_BYTES = 32 << 20
# The list of files as JSON (PEP 691), or as the older page of links.
_ACCEPT = 'application/vnd.pypi.simple.v1+json, text/html;q=0.5'


def indexes():
    """URLs, the first one preferred. Any of them will do: what comes is known by its hash."""
    found = (pip_setting('index-url') or _USUAL_INDEX).split()[:1] + pip_setting('extra-index-url').split()
    return [url for url in found if urllib.parse.urlsplit(url).scheme in ('http', 'https')] or [_USUAL_INDEX]


class _Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attrs):
        address = dict(attrs).get('href')
        if tag == 'a' and address:
            self.links.append(address)


def _files(page):
    """(name, sha256 or '', URL) of each file that a page lists."""
    if 'json' in page.content_type:
        try:
            listed = json.loads(page.body)['files']
            return [(str(file['filename']), str(file.get('hashes', {}).get('sha256', '')), str(file['url'])) for file in listed]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
            raise Problem(AWAY, f'{http_get.host(page.url)} answered with no list of files') from failure
    links = _Links()
    links.feed(page.body.decode('utf-8', 'replace'))
    files = []
    for link in links.links:
        address, fragment = urllib.parse.urldefrag(link)
        name = urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit('/', 1)[-1])
        files.append((name, fragment[7:] if fragment.startswith('sha256=') else '', address))
    return files


def _find_in(index, source):
    project = re.sub(r'[-_.]+', '-', source.place).lower()
    page = http_get.page(f'{index.rstrip("/")}/{project}/', _ACCEPT, _MOST_PAGE_BYTES)
    files = _files(page)
    for name, sha256, address in files:
        if sha256 == source.sha256:
            return urllib.parse.urljoin(page.url, address)
    for name, sha256, address in files:
        if name == source.file and not sha256:  # a mirror without hashes
            return urllib.parse.urljoin(page.url, address)
        if name == source.file:
            raise Problem(REFUSED, f'{http_get.host(index)} has another {name} than the one that is pinned')
    raise Problem(AWAY, f'{http_get.host(index)} has no {source.file}')


def find(source):
    """(URL, user and password or None) of a package. Raises Problem when no index has it."""
    first = None
    for index in indexes():
        address, login = http_get.without_login(index)
        try:
            url = _find_in(index, source)
        except ValueError:  # a list with addresses that are none
            first = first or Problem(AWAY, f'{http_get.host(index)} answered with no list of files')
            continue
        except Problem as problem:
            first = first or problem
            continue
        same_host = urllib.parse.urlsplit(url).netloc == urllib.parse.urlsplit(address).netloc
        return url, login if same_host else None
    raise first
