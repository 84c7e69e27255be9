// The official client in a page: calls on demand, and a trace of what it tells.
import * as rtvi from "@pipecat-ai/client-js";
import { SmallWebRTCTransport } from "@pipecat-ai/small-webrtc-transport";
import { BrowserMicrophone } from "./microphone.js";

const { PipecatClient, RTVIEvent } = rtvi;
const trace = [];
let client = null;

function name(event, values) {
  if (event === "transportStateChanged") return `state ${values[0]}`;
  const spelt = Object.entries(RTVIEvent).find(([, value]) => value === event)[0];
  if (/^track/i.test(event)) return `${spelt} ${values[0].kind} ${values[1]?.local ? "local" : "remote"}`;
  return spelt;
}

function kind(error) {
  const exported = Object.entries(rtvi).find(([, value]) => value === error?.constructor);
  return exported?.[0] ?? error?.type ?? error?.constructor?.name;
}

window.make = (options) => {
  client = new PipecatClient({
    transport: new SmallWebRTCTransport({ mediaManager: new BrowserMicrophone() }),
    enableMic: true,
    enableCam: false,
    ...options,
  });
  for (const event of Object.values(RTVIEvent)) {
    client.on(event, (...values) => trace.push(name(event, values)));
  }
};

window.call = (method, args) => {
  trace.push(`> ${method}`);
  const end = (what) => trace.push(`< ${method} ${what}`);
  try {
    Promise.resolve(client[method](...args)).then(
      () => end("ok"),
      (error) => end(kind(error)),
    );
  } catch (error) {
    end(kind(error));
  }
};

window.trace = () => trace;
