// The page: opens the way to the box, hands each message to who shows it, and brings back what a person does.
// It decides nothing about the box: see words.py for what comes, asked.py for what may be said.
import { drawDiagram } from "./diagram.js";
import { Finger } from "./finger.js";
import { Lists } from "./lists.js";
import { Lamps } from "./lamps.js";
import { Sound } from "./sound.js";

const get = (id) => document.getElementById(id);
const RETRY_MS = 1000;
const CLOCK_MS = 2000; // the box times presses by this page's clock, and learns here how it differs from its own
let socket = null;
let about = { is_board: false, has_token: false };
let mayAct = false;

// The token comes behind the # of the address, which no server is told; from there it goes where no link leads.
const found = new URLSearchParams(location.hash.slice(1)).get("token");
if (found) {
  sessionStorage.setItem("token", found);
  history.replaceState(null, "", location.pathname);
}

const say = (message) => {
  if (socket?.readyState === WebSocket.OPEN) socket.send(message instanceof ArrayBuffer ? message : JSON.stringify(message));
};
const lamps = new Lamps();
const lists = new Lists();
const sound = new Sound(say);
const finger = new Finger(get("button"), say, () => sound.wake());
const diagram = { show: () => {} };

function meter(id, amplitude) {
  const decibels = amplitude > 0 ? 20 * Math.log10(amplitude) : -96;
  get(id).value = Math.max(0, 1 + decibels / 60);
}

const shows = {
  about(message) {
    about = message;
    document.title = message.name;
    get("name").textContent = message.name;
    Object.assign(diagram, drawDiagram(get("diagram"), message.states, message.moves));
    update();
  },
  status(message) {
    const microphone = message.mic_live ? "the microphone is open" : "the microphone is closed";
    const doing = message.standing_by ? "standing by" : message.activity;
    get("sentence").textContent = `${message.transport}, ${doing}; ${microphone}${message.mute ? "; muted" : ""}`;
    get("problem").hidden = !message.problem;
    get("problem").textContent = message.problem ? `${message.problem.code}: ${message.problem.text}` : "";
    lamps.words(message.lamp, message.mic_live);
    diagram.show(message.transport);
    if (!message.in_session) for (const part of ["microphone", "speaker"]) meter(`meter-${part}`, 0);
  },
  lamp: (message) => lamps.shine(message.lamp, message.brightness),
  level: (message) => meter(`meter-${message.part}`, message.amplitude),
  event: (message) => lists.event(message),
  said: (message) => lists.said(message),
  mqtt: (message) => lists.mqtt(message),
  broker: (message) => { get("broker").textContent = message.connected ? "as the broker is told it" : "no connection to the broker"; },
  connect: (message) => lists.connect(message),
  health: (message) => lists.health(message),
  faults: (message) => lists.faults(message.faults, (name, on) => say({ type: "fault", name, on })),
  sound: (message) => sound.show(message),
  token(message) {
    mayAct = message.may_act;
    if (!mayAct) sessionStorage.removeItem("token");
    update();
    if (mayAct) sound.lendAgain();
  },
  refused(message) {
    get("refused").textContent = message.text;
    get("refused").hidden = false;
    setTimeout(() => { get("refused").hidden = true; }, 8000);
  },
  open: (message) => sound.open(message.part),
  close: (message) => sound.close(message.part),
  flush: () => sound.flush(),
};

function update() {
  get("button").disabled = !(about.is_board && mayAct);
  get("bounces-label").hidden = get("sound").hidden = !(about.is_board && mayAct);
  get("token-form").hidden = mayAct || !about.has_token;
  get("orders").hidden = about.is_board || !mayAct;
  if (!about.is_board) get("hint").textContent = "The button is at the box.";
  else if (!mayAct) get("hint").textContent = "Open the address with the token that the program has printed, to press.";
  else get("hint").textContent = "Press the button: with the mouse, the space bar or a finger.";
}

const tellTheTime = () => say({ type: "clock", at_ms: performance.timeOrigin + performance.now() });
setInterval(tellTheTime, CLOCK_MS);

function connect() {
  socket = new WebSocket(`ws://${location.host}/ws`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    lists.clear();
    tellTheTime();
    get("link").textContent = "live";
    const token = sessionStorage.getItem("token");
    if (token) say({ type: "token", token });
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) return sound.play(data);
    const message = JSON.parse(data);
    shows[message.type]?.(message);
  };
  socket.onclose = () => {
    get("link").textContent = "the box does not answer; trying again…";
    mayAct = false;
    finger.lift();
    sound.lost();
    lamps.unknown();
    update();
    setTimeout(connect, RETRY_MS);
  };
}

get("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", get("token").value);
  say({ type: "token", token: get("token").value });
  get("token").value = "";
});
for (const order of get("orders").querySelectorAll("button")) {
  order.addEventListener("click", () => say({ type: "order", order: order.dataset.order }));
}
addEventListener("pointerdown", () => { if (mayAct && about.is_board) sound.wake(); });
connect();
