// Microphone and loudspeaker of a conversation: one audio context, a worklet for each way.

const FOLDER = '/console/talk/';
const HZ = 24000;

// Without a secure context a browser offers neither a microphone nor worklets.
export const soundIsPossible = () => window.isSecureContext && 'AudioWorkletNode' in window;
export const microphoneIsPossible = () => soundIsPossible() && Boolean(navigator.mediaDevices?.getUserMedia);

const askForMicrophone = () => navigator.mediaDevices.getUserMedia({
  audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
});

// heard(pcm, level): 40 ms of the microphone. playing(level, over): the reply, while it plays. began(item): its first
// sample, and the one behind a gap. lost(): the microphone was taken away. Throws what getUserMedia throws.
export async function openSound({ microphone, heard, playing, began, lost }) {
  const context = new AudioContext({ latencyHint: 'interactive' });  // at once: a click has allowed it
  let stream = null;
  try {
    if (microphone) stream = await askForMicrophone();
    await Promise.all(['microphone_worklet.js', 'player_worklet.js'].map((file) => context.audioWorklet.addModule(FOLDER + file)));
    await context.resume();
  } catch (failure) {
    stream?.getTracks().forEach((track) => track.stop());
    await context.close();
    throw failure;
  }

  const volume = new GainNode(context);
  const player = new AudioWorkletNode(context, 'earshot-player', { numberOfInputs: 0, outputChannelCount: [1] });
  player.connect(volume).connect(context.destination);
  const items = new Map();  // id -> {got, played} in ms; those that still play, or may go on
  let quiet = true;  // nothing plays: what comes next begins anew
  player.port.onmessage = ({ data }) => {
    for (const [item, ms] of data.played) {
      const known = items.get(item);
      if (!known) continue;  // told before it was stopped
      if (known.played === 0 || quiet) began(item);
      known.played += ms;
      quiet = false;
    }
    quiet = data.over;
    playing(data.level, data.over);
  };

  let closing = null;
  let ear = null;
  if (stream) {
    ear = new AudioWorkletNode(context, 'earshot-microphone', { numberOfOutputs: 0 });
    ear.port.onmessage = ({ data }) => heard(data.pcm, data.level);
    context.createMediaStreamSource(stream).connect(ear);
    stream.getAudioTracks()[0].addEventListener('ended', lost);
  }

  return {
    play(item, pcm) {
      const known = items.get(item) ?? { got: 0, played: 0 };
      known.got += (pcm.byteLength / 2 / HZ) * 1000;
      items.set(item, known);
      player.port.postMessage({ item, pcm }, [pcm]);
    },
    // Silence at once. RETURNS: [item, ms heard, whether all of it] of each, in order.
    stop() {
      player.port.postMessage({ flush: true });
      const late = (context.outputLatency || context.baseLatency || 0) * 1000;  // played, and not in the air yet
      const told = [...items].map(([item, { got, played }]) =>
        [item, Math.max(0, Math.floor(Math.min(played, got) - late)), played >= got - 1]);
      items.clear();
      return told;
    },
    forget(item) { items.delete(item); },
    set volume(percent) { volume.gain.value = percent / 100; },
    set muted(muted) { ear?.port.postMessage({ muted }); },
    close() {
      stream?.getTracks().forEach((track) => track.stop());
      closing ??= context.close();
      return closing;
    },
  };
}
