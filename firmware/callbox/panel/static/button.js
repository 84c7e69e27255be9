// The button of the drawn box: a pointer or a key, down and up, with the times at which that happened.
// What the edges mean is decided in the box, by the code of a real button.
// A further button of the box: it is down while it is held.
export function makeButton(name, send, onFirst) {
  const contact = Object.assign(document.createElement("button"), { type: "button", textContent: name });
  let isDown = false;
  const move = (closed, event) => {
    if (closed === isDown) return;
    isDown = closed;
    contact.classList.toggle("down", closed);
    send({ type: "edge", closed, at_ms: performance.timeOrigin + event.timeStamp, contact: name });
  };
  contact.dataset.contact = name;
  contact.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || contact.disabled) return;
    event.preventDefault();
    contact.setPointerCapture(event.pointerId);
    onFirst();
    move(true, event);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "keyup", "blur"]) {
    contact.addEventListener(end, (event) => move(false, event));
  }
  contact.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) { onFirst(); move(true, event); }
  });
  contact.addEventListener("contextmenu", (event) => event.preventDefault());
  return contact;
}

const KEYS = [" ", "Enter"];
const SHORTEST_MS = 50; // a touchpad's tap has no length, and the box would take it for a bounce
const BOUNCE_MS = [0.4, 1.1, 1.9, 2.3, 3.6, 4.2]; // when a bad contact opens and closes again, after each move

export class ButtonInput {
  constructor(button, send, onFirst) {
    this.button = button;
    this.send = send;
    this.isDown = false;
    this.bounces = document.getElementById("bounces");
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || button.disabled) return;
      event.preventDefault(); // no text selection, no second click event
      button.setPointerCapture(event.pointerId);
      onFirst();
      this.move(true, event);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      button.addEventListener(name, (event) => this.move(false, event));
    }
    button.addEventListener("click", (event) => {
      if (event.detail === 0 && !this.byKey) this.tap(event); // by a screen reader: a short press
    });
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is a long press
    document.addEventListener("keydown", (event) => {
      if (!this.isKey(event)) return;
      event.preventDefault();
      if (event.repeat) return;
      this.byKey = true;
      onFirst();
      this.move(true, event);
    });
    document.addEventListener("keyup", (event) => {
      if (!KEYS.includes(event.key)) return;
      this.move(false, event);
      setTimeout(() => { this.byKey = false; }, 0);
    });
    addEventListener("blur", (event) => this.move(false, event)); // the end of a key is not reported any more
  }

  isKey(event) {
    if (this.button.disabled || event.ctrlKey || event.altKey || event.metaKey) return false;
    if (document.activeElement === this.button) return KEYS.includes(event.key);
    const elsewhere = document.activeElement?.closest("button, select, input, a, [tabindex]");
    return event.key === " " && !elsewhere;
  }

  move(isDown, event) {
    if (isDown === this.isDown) return;
    this.isDown = isDown;
    this.button.classList.toggle("down", isDown);
    const now_ms = performance.timeOrigin + event.timeStamp;
    const at_ms = isDown ? now_ms : Math.max(now_ms, this.downAt_ms + SHORTEST_MS);
    if (isDown) this.downAt_ms = now_ms;
    setTimeout(() => this.sendEdge(isDown, at_ms), at_ms - now_ms);
  }

  sendEdge(closed, at_ms) {
    this.send({ type: "edge", closed, at_ms });
    if (!this.bounces.checked) return;
    BOUNCE_MS.forEach((after_ms, number) => {
      this.send({ type: "edge", closed: closed === (number % 2 === 1), at_ms: at_ms + after_ms });
    });
  }

  tap(event) {
    const at_ms = performance.timeOrigin + event.timeStamp;
    this.sendEdge(true, at_ms - 100);
    this.sendEdge(false, at_ms);
  }

  release() {
    this.isDown = false;
    this.button.classList.remove("down");
  }
}
