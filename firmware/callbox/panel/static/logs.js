// Lists: events, transcript, messages to the broker, timing, health, faults. Text only, never markup.
const LINES = 60;
const HEALTH = {
  loss_in_percent: ["lost, from the bot", "%"], loss_out_percent: ["lost, to the bot", "%"],
  concealed_percent: ["concealed", "%"], jitter_ms: ["jitter", "ms"], lag_ms: ["buffered before playback", "ms"],
  round_trip_ms: ["round trip", "ms"], copies: ["copies of each packet sent", ""], overruns: ["overruns", ""], underruns: ["underruns", ""],
};
const get = (id) => document.getElementById(id);

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Logs {
  add(id, at, ...parts) {
    const list = get(id);
    const view = list.parentElement;
    const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 30;
    const line = element("li");
    line.append(element("time", new Date(at).toLocaleTimeString([], { hour12: false }), { datetime: at }), ...parts);
    list.append(line);
    while (list.children.length > LINES) list.firstChild.remove();
    if (isAtEnd) view.scrollTop = view.scrollHeight;
  }

  clear() {
    for (const id of ["events", "said", "mqtt"]) get(id).replaceChildren();
  }

  event({ text, at }) {
    this.add("events", at, element("span", text));
  }

  said({ who, text, at }) {
    this.add("said", at, element("strong", `${who}: `), element("span", text));
  }

  mqtt({ topic, payload, retained, at }) {
    this.add("mqtt", at, element("span", topic), element("code", `${payload || "(deleted)"}${retained ? "  · retained" : ""}`));
  }

  connect({ phases, now, total_ms }) {
    const isOver = ["ready", "error", "disconnecting", "disconnected"].includes(now);
    get("connect-total").textContent = isOver ? `${now} after ${Math.round(total_ms)} ms` : `${now}…`;
    get("phases").replaceChildren(...phases.map(([state, ms]) => {
      const line = element("li");
      const bar = element("span", undefined, { class: "bar" });
      bar.style.setProperty("--part", total_ms ? ms / total_ms : 0);
      line.append(element("span", state), bar, element("span", `${ms} ms`, { class: "ms" }));
      return line;
    }));
  }

  health(now) {
    get("health").replaceChildren(...Object.entries(HEALTH).map(([key, [label, unit]]) => {
      const line = element("div");
      line.append(element("dt", label), element("dd", now[key] === null ? "not known yet" : `${now[key]} ${unit}`));
      return line;
    }));
  }

  faults(faults, turn) {
    get("faults-section").hidden = !faults.length;
    const focused = document.activeElement?.dataset?.fault;
    get("faults").replaceChildren(...faults.map(({ name, label, expect, on }) => {
      const line = element("li");
      const button = element("button", on ? `${label}: undo` : label, { type: "button", "aria-pressed": on, "data-fault": name });
      button.addEventListener("click", () => turn(name, !on));
      line.append(button, element("p", expect));
      return line;
    }));
    if (focused) document.querySelector(`[data-fault="${focused}"]`)?.focus();
  }
}
