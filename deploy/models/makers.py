"""Files that no package has as they are needed: made from one that a package has."""
import base64
import json
import os
import subprocess
import sys

from problem import REFUSED, Problem

_VOICEPRINT_SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib', 'voiceprint_weights.py')


def moonshine_tokens(source, target):
    """The library wants a line "base64 number" a token; the model has the tokens with their lengths before them, which
    take a second byte from 128 on."""
    with open(source, 'rb') as file:
        data = file.read()
    at, lines = 0, []
    while at < len(data):
        size = data[at]
        at += 1
        if size >= 128:
            size += 128 * data[at] - 128
            at += 1
        lines.append(f'{base64.b64encode(data[at:at + size]).decode()} {len(lines)}\n')
        at += size
    with open(target, 'w', encoding='ascii') as file:
        file.writelines(lines)


def voiceprint_weights(source, target):
    """PyTorch's file as plain floats. The script reads tensors only: nothing that the file names is run."""
    done = subprocess.run([sys.executable, '-s', '-B', _VOICEPRINT_SCRIPT, source, target], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ['no reason given'])[-1]
        raise Problem(REFUSED, f'{os.path.basename(source)} could not be converted: {last}')


def piper_tokens(source, target):
    """Piper's own list of phonemes as lines "phoneme number"."""
    with open(source, encoding='utf-8') as file:
        numbers = json.load(file)['phoneme_id_map']
    with open(target, 'w', encoding='utf-8') as file:
        file.writelines(f'{phoneme} {ids[0]}\n' for phoneme, ids in numbers.items())


def piper_model(source, target):
    """sherpa-onnx reads how a voice is spoken from the model's metadata, which Piper keeps in a file beside it. An ONNX
    file is a protobuf message: metadata_props (field 14, of key 1 and value 2) may be appended to its end."""
    facts = {'model_type': 'vits', 'comment': 'piper', 'language': 'English', 'voice': 'en-us', 'has_espeak': '1',
             'n_speakers': '1', 'sample_rate': '22050'}
    with open(source, 'rb') as file:
        data = file.read()
    for key, value in facts.items():
        entry = b''.join(bytes([tag, len(text)]) + text for tag, text in ((0x0A, key.encode()), (0x12, value.encode())))
        data += bytes([0x72, len(entry)]) + entry
    with open(target, 'wb') as file:
        file.write(data)


MAKERS = {'moonshine_tokens': moonshine_tokens, 'voiceprint_weights': voiceprint_weights, 'piper_tokens': piper_tokens,
          'piper_model': piper_model}


def can_make(make):
    return make.maker in MAKERS and (make.maker != 'voiceprint_weights' or os.path.isfile(_VOICEPRINT_SCRIPT))
