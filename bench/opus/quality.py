"""Usage: quality.py FOLDER, which earshot-bench-opus has filled. Prints a line a way of coding."""
import csv
import sys

import numpy as np
from pesq import pesq
from pystoi import stoi
from scipy.io import wavfile
from scipy.signal import resample_poly

RATE = 16000
SIXTEEN = ("slt", "rms", "awb", "kal16")  # nothing above 8 kHz


def load(path):
    rate, samples = wavfile.read(path)
    return resample_poly(samples.astype(float), RATE, rate)


def aligned(said, heard):
    """The codec's delay is found by correlation: STOI compares sample by sample."""
    size = 2 * max(len(said), len(heard))
    match = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)))
    delay = int(np.argmax(match[:800]))
    length = min(len(said), len(heard) - delay)
    return said[:length], heard[delay : delay + length]


def main(folder):
    ways = {}
    for row in csv.DictReader(open(folder + "/costs.csv", encoding="utf-8")):
        said, heard = aligned(load(f"{folder}/{row['voice']}.wav"), load(f"{folder}/{row['file']}"))
        clipped = [np.clip(x, -32768, 32767).astype(np.int16) for x in (said, heard)]
        ways.setdefault(row["way"], []).append(
            (row["voice"], float(row["us"]), float(row["bytes"]), pesq(RATE, *clipped, "wb"),
             stoi(said, heard, RATE, extended=True)))
    for title, wanted in (("voices of 16 kHz", lambda voice: voice in SIXTEEN),
                          ("voices with sound above 8 kHz", lambda voice: voice not in SIXTEEN)):
        print(f"{title}\n{'way':8} {'us/frame':>9} {'bytes':>6} {'PESQ':>6} {'least':>6} {'ESTOI':>7}")
        for way, rows in ways.items():
            mine = np.array([row[1:] for row in rows if wanted(row[0])])
            mean = mine.mean(axis=0)
            print(f"{way:8} {mean[0]:9.0f} {mean[1]:6.0f} {mean[2]:6.3f} {mine[:, 2].min():6.3f} {mean[3]:7.4f}")


main(sys.argv[1])
