// The page: connects to the box, dispatches its messages, and sends what a person does.
// It decides nothing about the box: server_messages.py has what it receives, client_messages.py what it sends.
import { drawDiagram } from "./diagram.js";
import { BrowserAudio } from "./audio.js";
import { ButtonInput, makeButton } from "./button.js";
import { Lamps } from "./lamps.js";
import { Logs } from "./logs.js";
import { Telephone, isSwitch, makeSwitch, showSwitch } from "./telephone.js";
import { Waveform } from "./waveform.js";

const get = (id) => document.getElementById(id);
const RETRY_MS = 1000;
const CLOCK_MS = 2000; // the box times presses by this page's clock, and estimates its offset from these
let socket = null;
let about = { is_board: false, has_token: false };
let mayAct = false;
let inSession = false;
let shownBots = "";
let refusalTimer = null; // hides the refusal
let status = { bots: [], chosen_bot: "", bot: null };

const send = (message) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
};

// The token comes behind the # of the address, which is sent to no server; it is removed from there, so that no link has it.
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  sessionStorage.setItem("token", token);
  history.replaceState(null, "", location.pathname);
  send({ type: "token", token });
}
takeToken();
addEventListener("hashchange", takeToken); // another token in the address of a page that is open loads nothing anew

const lamps = new Lamps();
const logs = new Logs();
const audio = new BrowserAudio(send);
const button = new ButtonInput(get("button"), send, () => audio.wake());
const telephone = new Telephone(send, () => audio.wake());
const waveforms = { microphone: new Waveform(get("wave-microphone")), speaker: new Waveform(get("wave-speaker")) };
const diagram = { show: () => {} };

function describeGesture({ gesture, meaning }) {
  const row = document.createElement("div");
  for (const [tag, text] of [["dt", gesture], ["dd", meaning]]) {
    row.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  return row;
}

// Shown as it is in the box; while a person moves it, not.
function showVolume({ volume, max_volume }) {
  get("volume-row").hidden = volume === null;
  get("volume-words").textContent = max_volume < 100 ? `${volume} %, at most ${max_volume} %` : `${volume} %`;
  get("volume").max = max_volume;
  if (document.activeElement !== get("volume")) get("volume").value = volume ?? Math.floor(max_volume / 2);
}

function showBots({ bots, chosen_bot, bot }) {
  get("bot").hidden = !bot;
  get("bot-name").textContent = bot ?? "";
  get("choose-bot").hidden = bots.length < 2 || !mayAct;
  if (shownBots !== bots.join()) {
    shownBots = bots.join();
    get("choose-bot").replaceChildren(...bots.map((name) => new Option(name, name)));
  }
  get("choose-bot").value = chosen_bot;
}

function showAlarms({ alarms = [], clock_set = true }) {
  get("clock-unset").hidden = clock_set;
  get("alarms").replaceChildren(...alarms.map(({ id, kind, text, state, due }) => {
    const item = document.createElement("li");
    const at = due ? new Date(due).toLocaleString() : "by elapsed time";
    item.textContent = `${kind} ${text || id}: ${state}, ${at} `;
    if (state !== "missed") {
      const cancel = document.createElement("button");
      cancel.type = "button";
      cancel.textContent = "Cancel";
      cancel.setAttribute("aria-label", `Cancel ${kind} ${text || id}`);
      cancel.addEventListener("click", () => send({ type: "cancel_alarm", id }));
      item.append(cancel);
    }
    return item;
  }));
}

const handlers = {
  about(message) {
    about = message;
    document.title = message.name;
    get("name").textContent = message.name;
    get("gestures").replaceChildren(...message.gestures.map(describeGesture));
    const make = (name) => (isSwitch(name) ? makeSwitch : makeButton)(name, send, () => audio.wake());
    get("contacts").replaceChildren(...message.contacts.filter((name) => name !== "hook_switch").map(make));
    get("handset").replaceChildren(...message.contacts.filter((name) => name === "hook_switch").map(make));
    telephone.show(message);
    Object.assign(diagram, drawDiagram(get("diagram"), message.states, message.moves));
    update();
  },
  status(message) {
    get("sentence").textContent = message.sentence;
    get("problem").hidden = !message.problem;
    get("problem").textContent = message.problem?.text ?? "";
    status = message;
    showBots(message);
    showVolume(message);
    showAlarms(message);
    get("quiet-hours").hidden = !message.quiet_hours;
    get("hard-mute").setAttribute("aria-pressed", String(message.hard_mute));
    lamps.describe(message.lamp, message.mic_live, message.wake_word);
    diagram.show(message.transport);
    inSession = message.in_session;
    if (!inSession) for (const waveform of Object.values(waveforms)) waveform.clear();
  },
  contact({ contact, closed }) {
    const made = get(contact.replace("_", "-"));
    if (made) showSwitch(made, contact, closed);
  },
  lamp: (message) => lamps.set(message.lamp, message.brightness, message.color),
  level: (message) => { if (inSession) waveforms[message.part].add(message.amplitude); },
  event: (message) => logs.event(message),
  said: (message) => logs.said(message),
  mqtt: (message) => logs.mqtt(message),
  broker: (message) => { get("broker").textContent = message.connected ? "as it is sent to the broker" : "no connection to the broker"; },
  connect: (message) => logs.connect(message),
  health: (message) => logs.health(message),
  faults: (message) => logs.faults(message.faults, (name, on) => send({ type: "fault", name, on })),
  sound: (message) => audio.show(message),
  token(message) {
    mayAct = message.may_act;
    if (!mayAct) sessionStorage.removeItem("token");
    update();
    if (mayAct) audio.offer();
  },
  refused(message) {
    get("refused").textContent = message.text;
    get("refused").hidden = false;
    clearTimeout(refusalTimer);
    refusalTimer = setTimeout(() => { get("refused").hidden = true; }, 8000);
  },
  open: (message) => audio.open(message.part),
  close: (message) => audio.close(message.part),
  flush: () => audio.flush(),
};

function update() {
  get("button").disabled = !(about.is_board && mayAct);
  for (const contact of get("contacts").children) contact.disabled = !(about.is_board && mayAct);
  telephone.enable(about.is_board && mayAct);
  showBots(status);
  get("bounces-label").hidden = get("use-microphone").hidden = get("use-speaker").hidden = !(about.is_board && mayAct);
  get("token-form").hidden = mayAct || !about.has_token;
  get("orders").hidden = about.is_board || !mayAct;
  get("requests").hidden = !mayAct;
  get("control").hidden = get("token-form").hidden && get("requests").hidden;
  if (!about.is_board) get("hint").textContent = "The button is at the box.";
  else if (!mayAct) get("hint").textContent = "Open the address with the token that the program has printed, to press.";
  else get("hint").textContent = "Press the button: with the mouse, the space bar or a finger.";
}

const sendClock = () => send({ type: "clock", at_ms: performance.timeOrigin + performance.now() });
setInterval(sendClock, CLOCK_MS);

function connect() {
  const address = new URL("ws", document.baseURI); // relative: a proxy may serve the page below a path
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    logs.clear();
    sendClock();
    get("link").textContent = "live";
    const token = sessionStorage.getItem("token");
    if (token) send({ type: "token", token });
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return audio.play(data);
    const message = JSON.parse(data);
    handlers[message.type]?.(message);
  };
  socket.onclose = () => {
    get("link").textContent = "the box does not answer; trying again…";
    mayAct = false;
    button.release();
    audio.disconnect();
    lamps.reset();
    update();
    setTimeout(connect, RETRY_MS);
  };
}

get("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", get("token").value);
  send({ type: "token", token: get("token").value });
  get("token").value = "";
});
get("choose-bot").addEventListener("change", ({ target }) => send({ type: "bot", name: target.value }));
get("volume").addEventListener("change", ({ target }) => send({ type: "volume", percent: +target.value }));
get("hard-mute").addEventListener("click", ({ target }) => {
  send({ type: "hard_mute", on: target.getAttribute("aria-pressed") !== "true" });
});
get("ring").addEventListener("click", () => send({ type: "ring", reason: "You asked to be called" }));
get("announce-form").addEventListener("submit", (event) => {
  event.preventDefault();
  send({ type: "announce", text: get("announce").value });
});
get("alarm-form").addEventListener("submit", (event) => {
  event.preventDefault();
  send({ type: "alarm", time: get("alarm-time").value, text: get("alarm-text").value });
});
for (const order of get("orders").querySelectorAll("[data-order]")) {
  order.addEventListener("click", () => send({ type: "order", order: order.dataset.order }));
}
addEventListener("pointerdown", () => { if (mayAct && about.is_board) audio.wake(); });
connect();
