// The microphone's worklet: periods of 20 ms, s16le mono 48 kHz, from whatever rate the browser captures at.
const PERIOD = 960;
const RATE = 48000;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.period = new Int16Array(PERIOD);
    this.filled = 0;
    this.step = sampleRate / RATE;
    this.place = 0; // where the next sample is taken, in samples of the input, from the last of the block before on
    this.last = 0;
  }

  process([[input]]) {
    if (!input) return true;
    while (this.place < input.length) {
      const whole = Math.floor(this.place);
      const before = whole === 0 ? this.last : input[whole - 1];
      const value = before + (input[whole] - before) * (this.place - whole);
      this.period[this.filled] = Math.max(-1, Math.min(1, value)) * 32767;
      this.filled += 1;
      if (this.filled === PERIOD) {
        this.port.postMessage(this.period.buffer, [this.period.buffer]);
        this.period = new Int16Array(PERIOD);
        this.filled = 0;
      }
      this.place += this.step;
    }
    this.place -= input.length;
    this.last = input[input.length - 1];
    return true;
  }
}

registerProcessor("capture", Capture);
