// The microphone on the audio thread: to 24 kHz, 16 bits, in frames of 40 ms, with how loud each is.
import { Resampler } from './resampler.js';

const HZ = 24000;
const FRAME = 960;

class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, HZ);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
    this.muted = false;
    this.port.onmessage = ({ data }) => { this.muted = data.muted; };
  }
  process([input]) {
    const channel = input[0];
    if (!channel) return true;  // the device is being changed
    for (const sample of this.resampler.push(channel)) {
      // Silence goes on while it is muted: a detector that hears nothing more waits for the end of a word for ever.
      const bounded = this.muted ? 0 : Math.max(-1, Math.min(1, sample));
      this.frame[this.filled++] = Math.round(bounded * 32767);
      this.energy += bounded * bounded;
      if (this.filled === FRAME) this.send();
    }
    return true;
  }
  send() {
    this.port.postMessage({ pcm: this.frame.buffer, level: Math.sqrt(this.energy / FRAME) }, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.energy = 0;
  }
}
registerProcessor('earshot-microphone', Microphone);
