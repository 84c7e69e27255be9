// The official client in a page, call after call on one client: devices ready, HTTP connections as the browser keeps them.
import { PipecatClient } from "@pipecat-ai/client-js";
import { SmallWebRTCTransport } from "@pipecat-ai/small-webrtc-transport";
import { BrowserMicrophone } from "../../../tests/system/interop/javascript/microphone.js";

const DETECTOR = `registerProcessor("detector", class extends AudioWorkletProcessor {
  process([[mono]]) {
    if (mono && mono.some((value) => Math.abs(value) > 0.01)) this.port.postMessage(null);
    return true;
  }
});`;
const WAIT_MS = 8000;
let began = 0;
let laps = {};
const lap = (name) => { laps[name] ??= performance.now() - began; };
const pause = (ms) => new Promise((over) => setTimeout(over, ms));

window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) {
    super(...given);
    this.addEventListener("iceconnectionstatechange", () => ["connected", "completed"].includes(this.iceConnectionState) && lap("ice"));
    this.addEventListener("connectionstatechange", () => this.connectionState === "connected" && lap("dtls"));
  }
  setRemoteDescription(...given) { lap("http"); return super.setRemoteDescription(...given); }
  createDataChannel(...given) {
    const channel = super.createDataChannel(...given);
    channel.addEventListener("open", () => lap("sctp"));
    const send = channel.send.bind(channel);
    channel.send = (data) => { if (String(data).includes("client-ready")) lap("client_ready"); send(data); };
    return channel;
  }
};

async function receivers() {
  const context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([DETECTOR], { type: "text/javascript" })));
  await context.resume();
  return (track) => {
    const detector = new AudioWorkletNode(context, "detector", { channelCount: 1, channelCountMode: "explicit" });
    detector.port.onmessage = () => lap("sound");
    const stream = new MediaStream([track]);
    const player = new Audio(); // decodes nothing unless it is played somewhere
    player.srcObject = stream;
    player.volume = 0;
    player.play();
    context.createMediaStreamSource(stream).connect(detector).connect(context.destination);
  };
}

window.measure = async (url, calls) => {
  const listen = await receivers();
  const client = new PipecatClient({
    transport: new SmallWebRTCTransport({ mediaManager: new BrowserMicrophone() }), enableMic: true, enableCam: false,
    callbacks: {
      onTrackStarted: (track, who) => { if (track.kind === "audio" && !who?.local) listen(track); },
      onBotReady: () => lap("ready"),
    },
  });
  await client.initDevices();
  const measured = [];
  for (let call = 0; call <= calls; call += 1) {
    await pause(500);
    [began, laps] = [performance.now(), {}];
    if (url.endsWith("/start")) await client.startBotAndConnect({ endpoint: url, requestData: { transport: "webrtc" } });
    else await client.connect({ webrtcRequestParams: { endpoint: url } });
    while (laps.sound === undefined && performance.now() - began < WAIT_MS) await pause(5);
    measured.push(laps);
    await pause(200);
    await client.disconnect();
  }
  return measured.slice(1); // the first finds nothing warm
};
