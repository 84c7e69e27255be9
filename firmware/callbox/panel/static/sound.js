// This browser's microphone and loudspeaker as those of the box. The microphone is captured exactly while the box has it
// open: `open` and `close` come from the box's own capture, and the browser's own indicator shows the same.
const RUNS_WITHIN_MS = 3000;
const AHEAD_PERIODS = 8; // 80 ms of the loudspeaker wait here, against a page that is late
const get = (id) => document.getElementById(id);

export class Sound {
  constructor(say) {
    this.say = say;
    this.player = null;
    this.capture = null;
    this.wanted = 0; // counts opens and closes of the microphone, so that an open that was overtaken is undone
    get("use-speaker").addEventListener("change", ({ target }) => this.use("speaker", target.value));
    get("use-microphone").addEventListener("change", ({ target }) => this.use("microphone", target.value));
  }

  // A browser lets a page play only after somebody has touched it. The first touch is the press.
  async wake() {
    this.waking ??= this.lendAll();
    await this.waking;
    if (!this.player) this.waking = null; // and tries again at the next touch
  }

  async lendAll() {
    try {
      await this.makePlayer();
      this.lendAgain();
      for (const part of ["speaker", "microphone"]) {
        const device = sessionStorage.getItem(part) ?? (part === "speaker" ? "browser" : "recorded");
        if (device === "browser") this.say({ type: "use", part, device });
      }
    } catch (error) {
      this.note(`This browser can't play: ${error.message}`);
    }
  }

  lendAgain() {
    if (this.player) this.say({ type: "lend" });
  }

  async makePlayer() {
    const context = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
    await context.audioWorklet.addModule("playback.js");
    await this.running(context);
    const node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(context.destination);
    node.port.onmessage = ({ data }) => this.take(data.periods, data.waiting_ms, data.underruns);
    this.player = { context, node };
  }

  // Without any loudspeaker some browsers leave a context suspended for ever.
  running(context) {
    const late = new Promise((_, fail) => { setTimeout(() => fail(new Error("it has no loudspeaker")), RUNS_WITHIN_MS); });
    return Promise.race([context.resume(), late]);
  }

  async use(part, device) {
    await this.wake();
    if (part === "microphone" && device === "browser" && !(await this.mayCapture())) return;
    sessionStorage.setItem(part, device);
    this.lendAgain();
    this.say({ type: "use", part, device });
  }

  // Asked once, and given back at once: nothing is captured until the box opens its microphone.
  async mayCapture() {
    try {
      (await this.microphone()).getTracks().forEach((track) => track.stop());
      return true;
    } catch (error) {
      this.note(`The browser does not give its microphone: ${error.message}`);
      get("use-microphone").value = "recorded";
      return false;
    }
  }

  microphone() {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    if (!navigator.mediaDevices) throw new Error("pages of this address may not");
    return navigator.mediaDevices.getUserMedia({ audio });
  }

  async open(part) {
    if (part === "speaker") {
      if (!this.player) return this.say({ type: "refuse", part, reason: "touch the page first" });
      this.player.node.port.postMessage("clear");
      return this.take(AHEAD_PERIODS, 0, 0);
    }
    const mine = ++this.wanted;
    try {
      const stream = await this.microphone();
      if (mine !== this.wanted) return stream.getTracks().forEach((track) => track.stop());
      const context = new AudioContext({ latencyHint: "interactive" });
      this.capture = { stream, context };
      await context.audioWorklet.addModule("capture.js");
      const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => { if (mine === this.wanted) this.say(data); };
      context.createMediaStreamSource(stream).connect(node);
      stream.getAudioTracks()[0].onended = () => this.say({ type: "refuse", part, reason: "it was taken away" });
    } catch (error) {
      this.say({ type: "refuse", part, reason: String(error.message).slice(0, 200) });
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

  take(periods, waiting_ms, underruns) {
    const { baseLatency = 0, outputLatency = 0 } = this.player.context;
    this.say({ type: "take", periods, delay_ms: waiting_ms + 1000 * (baseLatency + outputLatency), underruns });
  }

  lost() {
    this.wanted += 1;
    this.stopCapture();
    this.player?.node.port.postMessage("clear");
  }

  show({ microphone, speaker, is_lent }) {
    get("use-microphone").value = microphone;
    get("use-speaker").value = speaker;
    const far = microphone === "browser" || speaker === "browser";
    if (far && !is_lent) this.note("The page that lent its sound is gone. Touch this one, and it lends its own.");
    else if (microphone === "recorded") this.note("At each call the box hears a recorded sentence. Choose this browser’s microphone to speak yourself.");
    else this.note("The browser’s microphone is open exactly while the microphone lamp is lit.");
  }

  note(text) {
    get("sound-note").textContent = text;
  }
}
