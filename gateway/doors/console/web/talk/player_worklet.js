// The reply on the audio thread: plays what came, without gaps between its pieces, stops between two samples when
// told to, and tells how much of each item has been played.
import { Resampler } from './resampler.js';

const HZ = 24000;
const TELL_EVERY = 1024;  // samples: often enough for a meter

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(HZ, sampleRate);
    this.port.onmessage = ({ data }) => (data.flush ? this.flush() : this.add(data));
    this.flush();
  }
  flush() {
    this.resampler.forget();
    this.queue = [];
    this.offset = 0;
    this.untold = 0;
    this.energy = 0;
    this.played = new Map();  // samples of an item since it was told last
  }
  add({ item, pcm }) {
    const sound = Float32Array.from(new Int16Array(pcm), (sample) => sample / 32768);
    this.queue.push({ item, sound: this.resampler.push(sound) });
  }
  process(_, [output]) {
    const out = output[0];
    const wasPlaying = this.queue.length > 0;
    for (let at = 0; at < out.length && this.queue.length > 0;) {
      const { item, sound } = this.queue[0];
      const count = Math.min(out.length - at, sound.length - this.offset);
      for (let i = 0; i < count; ++i) {
        out[at + i] = sound[this.offset + i];
        this.energy += out[at + i] * out[at + i];
      }
      this.played.set(item, (this.played.get(item) ?? 0) + count);
      at += count;
      this.offset += count;
      if (this.offset === sound.length) { this.queue.shift(); this.offset = 0; }
    }
    for (let channel = 1; channel < output.length; ++channel) output[channel].set(out);
    if (wasPlaying) this.untold += out.length;
    if (this.untold >= TELL_EVERY || (wasPlaying && this.queue.length === 0)) this.tell();
    return true;
  }
  tell() {
    this.port.postMessage({
      played: [...this.played].map(([item, samples]) => [item, (samples * 1000) / sampleRate]),
      level: Math.sqrt(this.energy / Math.max(1, this.untold)), over: this.queue.length === 0,
    });
    this.played.clear();
    this.untold = 0;
    this.energy = 0;
  }
}
registerProcessor('earshot-player', Player);
