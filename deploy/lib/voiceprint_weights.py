#!/usr/bin/env python3
"""voiceprint_weights.py PRETRAINED.PT ENCODER.F32: the weights of Resemblyzer's encoder as plain little-endian floats.

PyTorch's older files are pickles, which can run any code when they are read as usual. This reader refuses every name but
those of tensors, and makes nothing of these but a note of where their numbers are. It needs neither torch nor numpy.

What it writes is checked by its hash; the worker reads it (worker/providers/voiceprint/voiceprint_encoder.h)."""
import collections
import hashlib
import os
import pickle
import struct
import sys

MOST_BYTES = 64 << 20
MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
HIDDEN, MELS = 256, 40
# In the order of the result: three LSTM layers, then a linear one.
WANTED = [(f'lstm.{name}_l{layer}', shape)
          for layer in range(3)
          for name, shape in (('weight_ih', (4 * HIDDEN, HIDDEN if layer else MELS)), ('weight_hh', (4 * HIDDEN, HIDDEN)),
                              ('bias_ih', (4 * HIDDEN,)), ('bias_hh', (4 * HIDDEN,)))]
WANTED += [('linear.weight', (HIDDEN, HIDDEN)), ('linear.bias', (HIDDEN,))]
RESULT_SHA256 = '9253e3d277d7fee981eaa531e0f33e8d40814679648293925ded325c51f064d3'


class Refused(Exception):
    """Told to the user in one line."""


Tensor = collections.namedtuple('Tensor', 'storage offset shape stride')


def rebuild_tensor(storage, offset, shape, stride, *_):
    return Tensor(storage, offset, tuple(shape), tuple(stride))


class FloatStorage:
    """Only a name to tell the storages apart by."""


class TensorUnpickler(pickle.Unpickler):
    ALLOWED = {('collections', 'OrderedDict'): collections.OrderedDict,
               ('torch._utils', '_rebuild_tensor_v2'): rebuild_tensor,
               ('torch', 'FloatStorage'): FloatStorage}

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise Refused(f'it names {module}.{name}, which is no tensor')
        return self.ALLOWED[module, name]

    def persistent_load(self, pid):
        kind, storage_type, key, _, size, view = pid
        if kind != 'storage' or storage_type is not FloatStorage or view is not None:
            raise Refused('it stores something else than floats')
        return str(key), int(size)


def read_tensors(file, file_bytes):
    """The tensors of the model, and by storage where its floats begin."""
    def load():
        return TensorUnpickler(file).load()

    if load() != MAGIC or load() != PROTOCOL:
        raise Refused("it is no file of PyTorch's older format")
    if not load().get('little_endian'):
        raise Refused('its numbers are big-endian')
    content = load()
    places = {}
    for key in load():
        size, = struct.unpack('<q', file.read(8))
        begin = file.tell()
        if size < 0 or begin + 4 * size > file_bytes:
            raise Refused('it is cut off')
        places[key] = begin, size
        file.seek(begin + 4 * size)
    return content['model_state'], places


def floats_of(file, tensor, shape, places):
    count = 1
    for side in shape:
        count *= side
    dense = tuple(count_behind(shape, i) for i in range(len(shape)))
    key, _ = tensor.storage
    begin, size = places[key]
    if tensor.shape != shape or tensor.stride != dense or tensor.offset < 0 or tensor.offset + count > size:
        raise Refused('a tensor has another shape')
    file.seek(begin + 4 * tensor.offset)
    return file.read(4 * count)


def count_behind(shape, i):
    count = 1
    for side in shape[i + 1:]:
        count *= side
    return count


def convert(source, target):
    file_bytes = os.path.getsize(source)
    if file_bytes > MOST_BYTES:
        raise Refused(f'it has {file_bytes} bytes, more than {MOST_BYTES}')
    with open(source, 'rb') as file:
        try:
            model, places = read_tensors(file, file_bytes)
            result = b''.join(floats_of(file, model[name], shape, places) for name, shape in WANTED)
        except Refused:
            raise
        except Exception as failure:  # a pickle of any other content may fail in any way
            raise Refused(f'it is cut off, or another file ({type(failure).__name__})') from failure
    found = hashlib.sha256(result).hexdigest()
    if found != RESULT_SHA256:
        raise Refused(f'its weights are others: sha256 {found}')
    part = target + '.part'
    with open(part, 'wb') as file:
        file.write(result)
    os.replace(part, target)


def main():
    if len(sys.argv) != 3:
        print('usage: voiceprint_weights.py PRETRAINED.PT ENCODER.F32', file=sys.stderr)
        return 2
    try:
        convert(sys.argv[1], sys.argv[2])
    except (Refused, OSError) as failure:
        print(f'{sys.argv[1]}: {failure}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
