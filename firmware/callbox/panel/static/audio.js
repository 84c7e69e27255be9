// This browser's microphone and loudspeaker as the box's. The microphone is captured exactly while the box has it
// open: `open` and `close` come from the box's own capture, and the browser's own indicator shows the same.
const RUNS_WITHIN_MS = 3000;
const AHEAD_PERIODS = 8; // 80 ms of the loudspeaker wait here, against a page that is late
const get = (id) => document.getElementById(id);

export class BrowserAudio {
  constructor(send) {
    this.send = send;
    this.starting = null;
    this.player = null;
    this.capture = null;
    this.wanted = 0; // counts opens and closes of the microphone, so that an open that was overtaken is undone
    get("use-speaker").addEventListener("change", ({ target }) => this.select("speaker", target.value));
    get("use-microphone").addEventListener("change", ({ target }) => this.select("microphone", target.value));
  }

  // A browser lets a page play only after it was touched. The first touch is the press. A machine that is busy may need
  // longer than anybody waits, and plays then; without any loudspeaker some browsers never do.
  async wake() {
    this.starting ??= this.start();
    const late = new Promise((waited) => { setTimeout(waited, RUNS_WITHIN_MS); });
    await Promise.race([this.starting, late]);
    if (this.starting && !this.player) this.note("This browser doesn’t play yet: has it a loudspeaker?");
  }

  async start() {
    try {
      await this.makePlayer();
      this.offer();
    } catch (error) {
      this.starting = null; // the next touch tries again
      this.note(`This browser can't play: ${error.message}`);
    }
  }

  // Also when the connection was lost: the box uses its recordings since.
  offer() {
    if (!this.player) return;
    this.send({ type: "lend" });
    for (const part of ["speaker", "microphone"]) {
      const device = sessionStorage.getItem(part) ?? (part === "speaker" ? "browser" : "recorded");
      if (device === "browser") this.send({ type: "use", part, device });
    }
  }

  async makePlayer() {
    const context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
    await context.audioWorklet.addModule("playback.js");
    await context.resume();
    const node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(context.destination);
    node.port.onmessage = ({ data }) => this.request(data.periods, data.waiting_ms, data.underruns);
    this.player = { context, node };
  }

  async select(part, device) {
    await this.wake();
    if (part === "microphone" && device === "browser" && !(await this.requestPermission())) return;
    sessionStorage.setItem(part, device);
    if (this.player) this.send({ type: "lend" }); // another page may have taken its place
    this.send({ type: "use", part, device });
  }

  // Asked once, and given back at once: nothing is captured until the box opens its microphone.
  async requestPermission() {
    try {
      (await this.microphone()).getTracks().forEach((track) => track.stop());
      return true;
    } catch (error) {
      this.note(`The browser denies its microphone: ${error.message}`);
      get("use-microphone").value = "recorded";
      return false;
    }
  }

  microphone() {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (!navigator.mediaDevices) throw new Error("it gives one to pages over https or of this machine only");
    return navigator.mediaDevices.getUserMedia({ audio });
  }

  async open(part) {
    if (part === "speaker") {
      if (!this.player) return this.send({ type: "refuse", part, reason: "touch the page first" });
      this.player.node.port.postMessage("clear");
      return this.request(AHEAD_PERIODS, 0, 0);
    }
    const mine = ++this.wanted;
    try {
      const stream = await this.microphone();
      if (mine !== this.wanted) return stream.getTracks().forEach((track) => track.stop());
      const context = new AudioContext({ latencyHint: "interactive" });
      this.capture = { stream, context };
      await context.audioWorklet.addModule("capture.js");
      const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => { if (mine === this.wanted) this.send(data); };
      context.createMediaStreamSource(stream).connect(node);
      stream.getAudioTracks()[0].onended = () => this.send({ type: "refuse", part, reason: "it was ended" });
    } catch (error) {
      if (mine !== this.wanted) return; // closed meanwhile
      this.send({ type: "refuse", part, reason: String(error.message).slice(0, 200) });
      this.stopCapture();
    }
  }

  close(part) {
    if (part === "speaker") return this.player?.node.port.postMessage("clear");
    this.wanted += 1;
    this.stopCapture();
  }

  stopCapture() {
    this.capture?.stream.getTracks().forEach((track) => track.stop());
    this.capture?.context.close();
    this.capture = null;
  }

  play(period) {
    this.player?.node.port.postMessage(period, [period]);
  }

  flush() {
    this.player?.node.port.postMessage("flush");
  }

  request(periods, waiting_ms, underruns) {
    const { baseLatency = 0, outputLatency = 0 } = this.player.context;
    this.send({ type: "take", periods, delay_ms: waiting_ms + 1000 * (baseLatency + outputLatency), underruns });
  }

  disconnect() {
    this.wanted += 1;
    this.stopCapture();
    this.player?.node.port.postMessage("clear");
  }

  show({ microphone, speaker, is_lent }) {
    get("use-microphone").value = microphone;
    get("use-speaker").value = speaker;
    const far = microphone === "browser" || speaker === "browser";
    if (far && !is_lent) this.note("The page with microphone and loudspeaker is closed. Touch this one to use its own.");
    else if (microphone === "recorded") this.note("A recorded sentence is played to the bot. Choose this browser’s microphone to speak yourself.");
    else this.note("The browser’s microphone is open exactly while the microphone lamp is lit.");
  }

  note(text) {
    get("sound-note").textContent = text;
  }
}
