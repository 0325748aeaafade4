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
        if failure.code == 416:
            raise
        raise Problem(AWAY, f'{host(url)} answers {failure.code} for {address.rsplit("/", 2)[-1] or address}') from failure
    except urllib.error.URLError as failure:
        if isinstance(failure.reason, TimeoutError):
            raise Broken(f'{host(url)} does not answer') from failure
        raise Problem(AWAY, f'{host(url)} cannot be reached ({getattr(failure.reason, "strerror", None) or failure.reason})') from failure
    except (TimeoutError, ConnectionError, http.client.HTTPException) as failure:
        raise Broken(f'{host(url)} does not answer') from failure
    except ValueError as failure:
        raise Problem(AWAY, f'{host(url)}: no URL that can be fetched') from failure


def page(url, accept, most_bytes):
    """A page of at most so many bytes."""
    for last_try in (False, True):
        try:
            with request(url, {'Accept': accept}) as response:
                body = response.read(most_bytes + 1)
                length = response.headers.get('Content-Length', '')
                if length.isdigit() and len(body) < min(int(length), most_bytes):
                    raise Broken(f'{host(url)} breaks off')
                kind = response.headers.get_content_type()
                final = response.geturl()
            if len(body) > most_bytes:
                raise Problem(AWAY, f'{host(url)} answers with more than {most_bytes >> 20} MB')
            return Page(final, kind, body)
        except (Broken, TimeoutError, ConnectionError, http.client.HTTPException) as failure:
            if last_try:
                raise Problem(AWAY, str(failure) or f'{host(url)} breaks off') from failure
    raise AssertionError
