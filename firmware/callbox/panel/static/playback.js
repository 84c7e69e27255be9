// The loudspeaker's worklet: plays periods of 10 ms, s16le mono 48 kHz, and requests more when there is room.
const PERIOD = 480;
const REQUEST_EACH = 2;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.waiting = [];
    this.place = 0;
    this.taken = 0;
    this.underruns = 0;
    this.isRunning = false;
    this.port.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) {
        this.waiting.push(new Int16Array(data));
        this.isRunning = true;
        return;
      }
      const dropped = this.waiting.length;
      this.waiting = [];
      this.place = 0;
      this.isRunning = false;
      if (data === "flush") this.request(dropped); // what isn't played any more makes room
      else this.taken = 0;
    };
  }

  process(_, [[out]]) {
    for (let at = 0; at < out.length; at += 1) {
      const period = this.waiting[0];
      if (!period) {
        if (this.isRunning) this.underruns += 1;
        this.isRunning = false;
        break;
      }
      out[at] = period[this.place] / 32768;
      this.place += 1;
      if (this.place === period.length) {
        this.waiting.shift();
        this.place = 0;
        this.taken += 1;
      }
    }
    if (this.taken >= REQUEST_EACH) {
      this.request(this.taken);
      this.taken = 0;
    }
    return true;
  }

  request(periods) {
    const waiting_ms = Math.max(0, this.waiting.length * PERIOD - this.place) / 48;
    this.port.postMessage({ periods, waiting_ms, underruns: this.underruns });
    this.underruns = 0;
  }
}

registerProcessor("playback", Playback);
