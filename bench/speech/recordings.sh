#!/usr/bin/env bash
# Brings the recordings of earshot-bench-speech: people who read (24 utterances, 67 s) and noises, as they ship in packages.
# Usage: recordings.sh FOLDER
# From Debian: pocketsphinx-testdata (LibriVox, playing cards, commands; BSD). From PyPI: the source archive of
# speechbrain 1.0.2 (Harvard sentences of two speakers, noises, ESC-50; Apache-2.0, ESC-50's are CC BY-NC). Each archive
# is checked by its hash before anything is taken out of it. Nothing of them is kept in this repository.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 64; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

checked() { echo "$1  $2" | sha256sum --check --quiet || { echo "recordings.sh: $2 is not the archive that was pinned" >&2; exit 1; }; }

echo "pocketsphinx-testdata (2 MB) ..."
apt-get -qq -o APT::Sandbox::User=root download pocketsphinx-testdata
mv pocketsphinx-testdata_*.deb sphinx.deb
checked eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0 sphinx.deb
dpkg-deb --fsys-tarfile sphinx.deb | tar x ./usr/share/pocketsphinx/test/data
sphinx=usr/share/pocketsphinx/test/data

echo "speechbrain 1.0.2 (23 MB) ..."
python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary speechbrain --require-hashes \
  -r /dev/stdin <<<"speechbrain==1.0.2 --hash=sha256:b293d665161d7cd34caa3ee8966acce6c43b611b7fc9cd0b24637ce871bd7a73"
checked b293d665161d7cd34caa3ee8966acce6c43b611b7fc9cd0b24637ce871bd7a73 speechbrain-1.0.2.tar.gz
brain=speechbrain-1.0.2/tests/samples
tar xzf speechbrain-1.0.2.tar.gz "$brain/ASR" "$brain/noise" "$brain/ESC50"

: >"$folder/speech.tsv"
: >"$folder/noise.tsv"
says() { cp "$1" "$folder/$(basename "$1")" && printf '%s\t%s\n' "$(basename "$1")" "$2" >>"$folder/speech.tsv"; }
sounds() { cp "$1" "$folder/$(basename "$1")" && printf '%s\t%s\n' "$(basename "$1")" "$2" >>"$folder/noise.tsv"; }

book=$sphinx/librivox/sense_and_sensibility_01_austen_64kb
says $book-0870.wav "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them"
says $book-0880.wav "he was not an ill disposed young man"
says $book-0890.wav "unless to be rather cold hearted and rather selfish is to be ill disposed"
says $book-0920.wav "had he married a more amiable woman he might have been made still more respectable than he was"
says $book-0930.wav "he might even have been made amiable himself"
says $sphinx/cards/001.wav "ten of clubs"
says $sphinx/cards/002.wav "four queen of clubs"
says $sphinx/cards/003.wav "seven of clubs"
says $sphinx/cards/004.wav "five five"
says $sphinx/cards/005.wav "eight of spades four of clubs seven of hearts"
says "$brain/ASR/spk1_snt1.wav" "the child almost hurt the small dog"
says "$brain/ASR/spk1_snt2.wav" "drop the two when you add the figures"
says "$brain/ASR/spk1_snt3.wav" "at that high level the air is pure"
says "$brain/ASR/spk1_snt4.wav" "a thin stripe runs down the middle"
says "$brain/ASR/spk1_snt5.wav" "sunday is the best part of the week"
says "$brain/ASR/spk1_snt6.wav" "the pencils have all been used"
says "$brain/ASR/spk2_snt1.wav" "we are sure that one war is enough"
says "$brain/ASR/spk2_snt2.wav" "what joy there is in living"
says "$brain/ASR/spk2_snt3.wav" "tear a thin sheet from the yellow pad"
says "$brain/ASR/spk2_snt4.wav" "mend the coat before you go out"
says "$brain/ASR/spk2_snt5.wav" "jump the fence and hurry up the bank"
says "$brain/ASR/spk2_snt6.wav" "canned pears lack full flavor"

# 16 kHz, 16 bits, mono, without a header.
headed() { python3 -c 'import sys, wave
with wave.open(sys.argv[2], "wb") as out:
    out.setnchannels(1); out.setsampwidth(2); out.setframerate(16000)
    out.writeframes(open(sys.argv[1], "rb").read())' "$1" "$2"; }
headed $sphinx/goforward.raw goforward.wav
headed $sphinx/something.raw something.wav
says goforward.wav "go forward ten meters"
says something.wav "go somewhere and do something"

for number in 1 2 3 4 5; do sounds "$brain/noise/noise$number.wav" "recorded noise $number"; done
sounds "$brain/ESC50/audio/1-100032-A-0.wav" "recorded dog"
sounds "$brain/ESC50/audio/2-100648-A-43.wav" "recorded car horn"
sounds "$brain/ESC50/audio/3-103051-C-19.wav" "recorded thunderstorm 1"
sounds "$brain/ESC50/audio/4-156993-A-19.wav" "recorded thunderstorm 2"
sounds "$brain/ESC50/audio/5-156999-C-19.wav" "recorded thunderstorm 3"
echo "$(wc -l <"$folder/speech.tsv") recordings of people, $(wc -l <"$folder/noise.tsv") of noises: $folder"
