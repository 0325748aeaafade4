"""GET over HTTP(S): small pages whole, large files in pieces from where an earlier run stopped."""
import base64
import http.client
import os
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from pip_settings import pip_setting
from problem import AWAY, Problem

SILENCE_SECONDS = 20


@dataclass(frozen=True)
class Page:
    url: str  # after redirections
    content_type: str
    body: bytes


class Broken(Exception):
    """It may work at another try."""


class NoSuchRange(Exception):
    """The server's file is not as long as what is here already."""


def host(url):
    """For people: neither a password nor a signed path."""
    return urllib.parse.urlsplit(url).hostname or url


def without_login(url):
    """(the URL without its user and password, these or None)"""
    parts = urllib.parse.urlsplit(url)
    if parts.username is None:
        return url, None
    login = f'{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or "")}'
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rsplit('@', 1)[-1])), login


def _certificates():
    bundle = pip_setting('cert') or os.environ.get('REQUESTS_CA_BUNDLE', '')
    return ssl.create_default_context(cafile=bundle if os.path.isfile(bundle) else None)


def request(url, headers, login=None):
    """An open response. Raises Broken, or Problem when no other try will help."""
    address, own_login = without_login(url)
    asked = urllib.request.Request(address, headers={'User-Agent': 'earshot', 'Accept-Encoding': 'identity', **headers})
    login = login or own_login
    if login:  # not copied to where a redirection leads
        asked.add_unredirected_header('Authorization', 'Basic ' + base64.b64encode(login.encode()).decode())
    try:
        return urllib.request.urlopen(asked, timeout=SILENCE_SECONDS, context=_certificates())
    except urllib.error.HTTPError as failure:
        failure.close()
        if failure.code in (408, 429) or failure.code >= 500:
            raise Broken(f'{host(url)} answers {failure.code}') from failure
        if failure.code == 416 and 'Range' in headers:
            raise NoSuchRange from failure
        raise Problem(AWAY, f'{host(url)} answers {failure.code} for {address.rsplit("/", 2)[-1] or address}') from failure
    except urllib.error.URLError as failure:
        if isinstance(failure.reason, TimeoutError):
            raise Broken(f'{host(url)} does not answer') from failure
        raise Problem(AWAY, f'{host(url)} cannot be reached ({getattr(failure.reason, "strerror", None) or failure.reason})') from failure
    except (OSError, http.client.HTTPException) as failure:
        raise Broken(f'{host(url)} does not answer') from failure
    except ValueError as failure:
        raise Problem(AWAY, f'{host(url)}: no URL that can be fetched') from failure


def read_some(response, most_bytes):
    """What has come, at most so much; nothing at the end. Raises Broken."""
    try:
        return response.read1(most_bytes)
    except (OSError, ValueError, http.client.HTTPException) as failure:
        raise Broken(f'{host(response.geturl())} breaks off') from failure


def _read_all(response, most_bytes):
    body = b''
    while piece := read_some(response, most_bytes + 1 - len(body)):
        body += piece
    if len(body) > most_bytes:
        raise Problem(AWAY, f'{host(response.geturl())} answers with more than {most_bytes >> 20} MB')
    length = response.headers.get('Content-Length', '')
    if length.isdigit() and len(body) < int(length):
        raise Broken(f'{host(response.geturl())} breaks off')
    return body


def page(url, accept, most_bytes):
    """A page of at most so many bytes."""
    for last_try in (False, True):
        try:
            with request(url, {'Accept': accept}) as response:
                return Page(response.geturl(), response.headers.get_content_type(), _read_all(response, most_bytes))
        except Broken as failure:
            if last_try:
                raise Problem(AWAY, str(failure)) from failure
    raise AssertionError
