// The official client in a page that keeps what its microphone gave and what it received, on one clock.
import { PipecatClient } from "@pipecat-ai/client-js";
import { SmallWebRTCTransport } from "@pipecat-ai/small-webrtc-transport";
import { BrowserMicrophone } from "../../../tests/system/interop/javascript/microphone.js";

const RECORDER = `registerProcessor("recorder", class extends AudioWorkletProcessor {
  process(inputs) {
    const silent = new Float32Array(128);
    this.port.postMessage({ time: currentTime, sides: inputs.map(([mono]) => (mono ?? silent).slice()) });
    return true;
  }
});`;
const SAMPLE_RATE = 48000;
const connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); connections.push(this); }
};
let client = null;
let context = null;
let began = null; // the context's time of the first chunk
let ahead = Infinity; // of the page's clock before the context's, in s: as measured by the chunk that came most quickly
const chunks = [];
let recorder = null;

function listen(track, side) {
  const stream = new MediaStream([track]);
  if (side === 1) { // decodes nothing unless it is played somewhere
    const player = new Audio();
    player.srcObject = stream;
    player.volume = 0;
    player.play();
    window.player = player;
  }
  context.createMediaStreamSource(stream).connect(recorder, 0, side);
}

window.call = async (endpoint) => {
  context = new AudioContext({ sampleRate: SAMPLE_RATE, latencyHint: "interactive" });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([RECORDER], { type: "text/javascript" })));
  recorder = new AudioWorkletNode(context, "recorder", { numberOfInputs: 2, numberOfOutputs: 1, channelCount: 1, channelCountMode: "explicit" });
  recorder.connect(context.destination);
  recorder.port.onmessage = ({ data }) => {
    began ??= data.time;
    ahead = Math.min(ahead, performance.now() / 1000 - data.time);
    chunks.push(data.sides);
  };
  await context.resume();
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  client = new PipecatClient({
    transport: new SmallWebRTCTransport({ mediaManager: new BrowserMicrophone(plain) }), enableMic: true, enableCam: false,
    callbacks: { onTrackStarted: (track, who) => { if (track.kind === "audio") listen(track, who?.local ? 0 : 1); } },
  });
  await client.connect({ webrtcRequestParams: { endpoint } });
};

function base64(side) {
  const bytes = new Uint8Array(chunks.length * 256);
  const view = new DataView(bytes.buffer);
  chunks.forEach((sides, number) => sides[side].forEach((value, place) => {
    view.setInt16((number * 128 + place) * 2, Math.max(-32768, Math.min(32767, Math.round(value * 32767))), true);
  }));
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

window.hangUp = async () => {
  // In s since 1970: when the first sample that was recorded left for the loudspeaker. Not by getOutputTimestamp, which
  // without a sound card is off by seconds now and then.
  const at = performance.timeOrigin / 1000 + began + ahead;
  const inbound = [...(await connections[0].getStats()).values()].find((one) => one.type === "inbound-rtp" && one.kind === "audio");
  await client.disconnect();
  return { at, inbound, microphone: base64(0), received: base64(1) };
};
