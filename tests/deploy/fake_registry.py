"""fake_registry.py ROOT PORT_FILE: a package registry and a release on loopback, with the faults that ROOT/faults names.

Serves ROOT/simple/PROJECT/ (a list of the files in ROOT/files, made here) and any file below ROOT, with ranges. A line of
ROOT/faults is `cut PATH BYTES TIMES`: the connection ends after so many bytes, that often; `no-range`: ranges are ignored;
`html`: lists are pages of links, as older mirrors have them; `slow PATH`: a piece each 10 ms. Each request is a line of
ROOT/requests: path, range."""
import hashlib
import http.server
import json
import os
import sys
import threading
import time

root, port_file = sys.argv[1:3]
guard = threading.Lock()
cuts = {}


def faults():
    try:
        with open(os.path.join(root, 'faults'), encoding='utf-8') as file:
            return [line.split() for line in file if line.strip()]
    except FileNotFoundError:
        return []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, kind, body, headers=()):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        for path in (words[1] for words in faults() if words[0] == 'slow'):
            if path == self.path:
                for at in range(0, len(body), 4096):
                    self.wfile.write(body[at:at + 4096])
                    time.sleep(0.01)
                return
        self.wfile.write(body[:self.cut(len(body))])

    def cut(self, size):
        """How much of it is sent."""
        for words in faults():
            if words[0] == 'cut' and words[1] == self.path:
                with guard:
                    key = self.path, os.stat(os.path.join(root, 'faults')).st_mtime_ns
                    done = cuts.get(key, 0)
                    cuts[key] = done + 1
                if done < int(words[3]):
                    self.close_connection = True
                    return min(size, int(words[2]))
        return size

    def listing(self):
        files = []
        for name in sorted(os.listdir(os.path.join(root, 'files'))):
            with open(os.path.join(root, 'files', name), 'rb') as file:
                files.append({'filename': name, 'url': f'../../files/{name}',
                              'hashes': {'sha256': hashlib.sha256(file.read()).hexdigest()}})
        if ['html'] in faults():
            links = ''.join(f'<a href="{file["url"]}#sha256={file["hashes"]["sha256"]}">{file["filename"]}</a>\n' for file in files)
            self.answer(200, 'text/html', f'<html><body>{links}</body></html>'.encode())
        else:
            self.answer(200, 'application/vnd.pypi.simple.v1+json', json.dumps({'files': files}).encode())

    def do_GET(self):
        wanted = self.headers.get('Range', '')
        with guard, open(os.path.join(root, 'requests'), 'a', encoding='utf-8') as log:
            log.write(f'{self.path} {wanted}\n')
        if self.path.startswith('/simple/'):
            return self.listing()
        path = os.path.join(root, self.path.lstrip('/'))
        if not os.path.isfile(path):
            return self.answer(404, 'text/plain', b'none')
        with open(path, 'rb') as file:
            body = file.read()
        if not wanted or ['no-range'] in faults():
            return self.answer(200, 'application/octet-stream', body)
        first = int(wanted.removeprefix('bytes=').rstrip('-'))
        if first >= len(body):
            return self.answer(416, 'text/plain', b'')
        span = ('Content-Range', f'bytes {first}-{len(body) - 1}/{len(body)}')
        return self.answer(206, 'application/octet-stream', body[first:], [span])


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
server.handle_error = lambda *_: None  # clients that go away are what is tested
with open(port_file + '.new', 'w', encoding='ascii') as out:
    out.write(str(server.server_address[1]))
os.rename(port_file + '.new', port_file)
server.serve_forever()
