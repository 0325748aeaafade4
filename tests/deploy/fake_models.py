"""fake_models.py ROOT TABLE: packages and a release as fake_registry.py serves them, small and of made-up bytes, and a list
of models that pins them: `engine` (the default), `voice` (from a release), `evil` (a package with a path that
leads out of it), `tall` (a file that is larger than it may be), `mistaken` (a file that is another than the pinned one),
`nowhere`, `mirrored` (only the second source has it), `foreign` (not for this machine), and `sense-voice` as the real list
has it, of other bytes."""
import hashlib
import io
import os
import random
import re
import sys
import tarfile
import zipfile

root, table = sys.argv[1:3]
here = os.path.dirname(os.path.abspath(__file__))
bytes_of = random.Random(1).randbytes


def put(path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)
    return f'{len(data)} {hashlib.sha256(data).hexdigest()}'


def wheel(name, members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return put(f'files/{name}', data.getvalue())


def release(path, members):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode='w:bz2') as archive:
        for member, content in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return put(path, data.getvalue())


def pin(data):
    return f'{len(data)} {hashlib.sha256(data).hexdigest()}'


library, model, tokens = bytes_of(300_000), bytes_of(200_000), b'a 0\nb 1\n'
engine = wheel('engine-1-py3-none-any.whl', {'engine/lib/libengine.so': library, 'engine/__init__.py': b'raise SystemExit("run")\n',
                                             'engine-1.dist-info/LICENSE': b'Do as you like.\n'})
evil = wheel('evil-1-py3-none-any.whl', {'evil/a.bin': b'a', '../../escaped': b'out'})
tall = wheel('tall-1-py3-none-any.whl', {'tall/a.bin': b'a' * 4_000_000})
voice = release('releases/voices/voice.tar.bz2', {'voice/model.onnx': model, 'voice/data/a': b'a', 'voice/data/b/c': b'c', 'voice/other': b'o'})
sense = release('releases/asr-models/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17.tar.bz2',
                {f'sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17/{name}': data
                 for name, data in {'model.int8.onnx': model, 'tokens.txt': tokens, 'test_wavs/zh.wav': b'w'}.items()})

with open(os.path.join(here, '..', '..', 'deploy', 'models', 'models.ini'), encoding='utf-8') as file:
    real = re.search(r'\[sense-voice\]\n.*?(?=\n\[)', file.read(), re.S)[0]
real = re.sub(r'(\.tar\.bz2) \d+ [0-9a-f]{64}', rf'\1 {sense}', real)
real = re.sub(r'(model\.int8\.onnx) \d+ [0-9a-f]{64}', rf'\1 {pin(model)}', real)
real = re.sub(r'(tokens\.txt) \d+ [0-9a-f]{64}', rf'\1 {pin(tokens)}', real)

with open(table, 'w', encoding='utf-8') as out:
    out.write(f"""
[engine]
default = yes
folder = lib
about = an engine
licence = none
publisher = nobody
from =
  pypi Engine engine-1-py3-none-any.whl {engine} engine/lib/
files =
  libengine.so {pin(library)}
licence_file = engine-1.dist-info/LICENSE

[voice]
from =
  release voices/voice.tar.bz2 {voice} voice/
files =
  model.onnx {pin(model)}
  data/b/c - -

[evil]
from =
  pypi evil evil-1-py3-none-any.whl {evil} evil/
files =
  a.bin 1 {hashlib.sha256(b'a').hexdigest()}

[tall]
from =
  pypi tall tall-1-py3-none-any.whl {tall} tall/
files =
  a.bin - -

[mistaken]
from =
  pypi Engine engine-1-py3-none-any.whl {engine} engine/lib/
files =
  libengine.so {len(library)} {'1' * 64}

[nowhere]
from =
  pypi nowhere nowhere-1-py3-none-any.whl 10 {'0' * 64} nowhere/
  release voices/nowhere.tar.bz2 10 {'0' * 64} nowhere/
files =
  a.bin - -

[mirrored]
from =
  pypi nowhere nowhere-1-py3-none-any.whl 10 {'0' * 64} nowhere/
  release voices/voice.tar.bz2 {voice} voice/
files =
  model.onnx {pin(model)}

[foreign]
from.m68k =
  pypi Engine engine-1-py3-none-any.whl {engine} engine/lib/
files =
  libengine.so {pin(library)}

{real}
""")
