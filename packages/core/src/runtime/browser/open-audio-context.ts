/** A context at the rate of the sound, or at its own where the platform refuses that rate. */
export function openAudioContext(sampleRate: number): AudioContext {
  try {
    return new AudioContext({ sampleRate, latencyHint: 'playback' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') {
      return new AudioContext({ latencyHint: 'playback' });
    }
    throw error;
  }
}
