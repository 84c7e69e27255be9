// Mute switch, handset, rotary dial, keypad and volume knob of the box in the page: the box makes the edges of their contacts.
const get = (id) => document.getElementById(id);
const DIGITS = "1234567890";
const WIND_UP_MS = 300; // as of the box's simulated dial
const PULSE_MS = 100;
const DEGREES = 30; // from one finger hole to the next

const TEXTS = { mute_switch: ["Mute switch", "Mute switch"], hook_switch: ["Lift the handset", "Put the handset down"] };

export const isSwitch = (name) => name in TEXTS;

// A switch stays as it is put; `closed` is what the box says of it.
export function makeSwitch(name, send, onFirst) {
  const contact = Object.assign(document.createElement("button"), { type: "button", id: name.replace("_", "-") });
  contact.addEventListener("click", (event) => {
    onFirst();
    const closed = contact.getAttribute("aria-pressed") !== "true";
    send({ type: "edge", closed, at_ms: performance.timeOrigin + event.timeStamp, contact: name });
  });
  showSwitch(contact, name, false);
  return contact;
}

export function showSwitch(contact, name, closed) {
  contact.setAttribute("aria-pressed", String(closed));
  contact.textContent = TEXTS[name][closed ? 1 : 0];
}

export class Telephone {
  constructor(send, onFirst) {
    this.send = send;
    this.onFirst = onFirst;
    this.mayAct = false;
    this.keys = "";
    get("dial").replaceChildren(...[...DIGITS].map((digit, place) => {
      const hole = Object.assign(document.createElement("button"), { type: "button", textContent: digit });
      hole.dataset.digit = digit;
      hole.style.setProperty("--angle", `${-60 - DEGREES * place}deg`);
      hole.addEventListener("click", () => this.dial(digit));
      return hole;
    }));
    for (const button of get("knob").querySelectorAll("button")) {
      button.addEventListener("click", () => this.turn(+button.dataset.detents));
    }
    get("knob").addEventListener("wheel", (event) => {
      event.preventDefault();
      this.turn(event.deltaY < 0 ? 1 : -1);
    }, { passive: false });
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest?.("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey;
      if (isTyping || event.repeat || event.key.length !== 1) return;
      if (DIGITS.includes(event.key) && !get("dial").hidden) this.dial(event.key);
      else if (this.keys.includes(event.key.toUpperCase())) this.click(event.key.toUpperCase());
    });
  }

  show({ has_dial, has_knob, keypad, contacts }) {
    this.keys = keypad.join("");
    get("dial").hidden = !has_dial;
    get("keypad").hidden = !this.keys;
    get("keypad").style.setProperty("--columns", keypad[0]?.length ?? 0);
    get("keypad").replaceChildren(...[...this.keys].map((key) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: key });
      button.addEventListener("click", () => this.click(key));
      return button;
    }));
    get("dial-hint").hidden = !has_dial && !this.keys;
    get("knob").hidden = !has_knob;
    get("telephone").hidden = !has_dial && !has_knob && !this.keys && !contacts.includes("hook_switch");
  }

  enable(mayAct) {
    this.mayAct = mayAct;
    for (const button of get("telephone").querySelectorAll("button")) button.disabled = !mayAct;
  }

  // While the dial turns another digit is not taken, as with a real one.
  dial(digit) {
    if (!this.mayAct || get("dial").hidden || this.isTurning) return;
    this.onFirst();
    this.send({ type: "dial", digit });
    const pulses = DIGITS.indexOf(digit) + 1;
    this.isTurning = true;
    get("dial").style.setProperty("--turned", `${DEGREES * (pulses + 2)}deg`);
    get("dial").style.setProperty("--lasts", `${WIND_UP_MS}ms`);
    setTimeout(() => {
      get("dial").style.setProperty("--turned", "0deg");
      get("dial").style.setProperty("--lasts", `${pulses * PULSE_MS}ms`);
    }, WIND_UP_MS);
    setTimeout(() => { this.isTurning = false; }, WIND_UP_MS + (pulses + 1) * PULSE_MS);
  }

  click(key) {
    if (!this.mayAct) return;
    this.onFirst();
    this.send({ type: "key", key });
  }

  turn(detents) {
    if (!this.mayAct) return;
    this.onFirst();
    this.send({ type: "turn", detents });
  }
}
