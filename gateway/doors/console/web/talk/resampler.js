// Sound from one sample rate to another, as a stream: a windowed sinc, cut below the lower of both limits, so that
// nothing is mirrored into speech. Pure; runs in the audio worklets.

const ZERO_CROSSINGS = 12;  // of the sinc to each side
const PHASES = 256;  // positions between two samples; the error is below what 16 bits of speech show
const PASS = 0.92;  // of what the lower rate can carry

const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const blackman = (x) => (Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x));

// For each position between two samples the weights of the samples around it; they add up to 1.
function rows(half, cutoff) {
  return Array.from({ length: PHASES + 1 }, (_, phase) => {
    const row = new Float32Array(2 * half);
    let sum = 0;
    for (let tap = 0; tap < row.length; ++tap) {
      const x = tap - half + 1 - phase / PHASES;
      row[tap] = sinc(cutoff * x) * blackman(x / half);
      sum += row[tap];
    }
    return row.map((weight) => weight / sum);
  });
}

export class Resampler {
  constructor(from, to) {
    const room = Math.min(1, to / from);
    this.step = from / to;
    this.half = Math.ceil(ZERO_CROSSINGS / room);
    this.rows = rows(this.half, room * PASS);
    this.forget();
  }
  // The next sound has nothing to do with the last.
  forget() {
    this.kept = new Float32Array(this.half - 1);
    this.at = this.half - 1;
  }
  // RETURNS: what can be said of it so far; the rest waits for what follows.
  push(sound) {
    if (this.step === 1) return sound;
    const all = new Float32Array(this.kept.length + sound.length);
    all.set(this.kept);
    all.set(sound, this.kept.length);
    const made = new Float32Array(Math.max(0, Math.ceil((all.length - this.half - this.at) / this.step)));
    let count = 0;
    while (count < made.length && Math.floor(this.at) + this.half < all.length) {
      const base = Math.floor(this.at);
      const row = this.rows[Math.round((this.at - base) * PHASES)];
      let sum = 0;
      for (let tap = 0, from = base - this.half + 1; tap < row.length; ++tap) sum += all[from + tap] * row[tap];
      made[count++] = sum;
      this.at += this.step;
    }
    const used = Math.min(Math.floor(this.at) - this.half + 1, all.length);
    this.kept = all.slice(used);
    this.at -= used;
    return count === made.length ? made : made.subarray(0, count);
  }
}
