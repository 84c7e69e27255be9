// The two lamps, as bright as the box's pattern engine sets them. With reduced motion: a still lamp, and its rhythm in words.
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Lamps {
  constructor() {
    this.brightness = { status: 0, microphone: 0 };
    this.rhythm = "dark";
    still.addEventListener("change", () => this.draw());
  }

  set(name, brightness, color) {
    this.brightness[name] = brightness;
    if (color && brightness) document.getElementById(`lamp-${name}`).style.setProperty("--color", color);
    this.draw();
  }

  describe(rhythm, isLive, isForWakeWord) {
    this.rhythm = rhythm;
    document.getElementById("status-words").textContent = rhythm;
    document.getElementById("microphone-words").textContent = isForWakeWord
      ? "half lit: the microphone is open for the wake word, nothing leaves"
      : isLive ? "lit: the microphone is open" : "dark: the microphone is closed";
    this.draw();
  }

  reset() {
    this.brightness = { status: 0, microphone: 0 };
    document.getElementById("status-words").textContent = "not known";
    document.getElementById("microphone-words").textContent = "not known";
    this.draw();
  }

  draw() {
    for (const [name, brightness] of Object.entries(this.brightness)) {
      const moves = name === "status" && still.matches && !["dark", "lit"].includes(this.rhythm);
      document.getElementById(`lamp-${name}`).style.setProperty("--b", moves ? 0.6 : brightness);
    }
  }
}
