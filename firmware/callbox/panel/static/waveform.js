// The last seconds of microphone and loudspeaker, a bar for each level that the box sends (ten a second); newest at the right.
const BARS = 60;
const FLOOR_DB = -60;

export class Waveform {
  constructor(svg) {
    this.svg = svg;
    this.bars = [];
    this.clear();
  }

  add(amplitude) {
    const decibels = amplitude > 0 ? 20 * Math.log10(amplitude) : FLOOR_DB;
    const share = Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
    this.bars.push(share);
    this.bars.splice(0, this.bars.length - BARS);
    this.draw();
  }

  clear() {
    this.bars = new Array(BARS).fill(0);
    this.draw();
  }

  draw() {
    const lines = this.bars.map((share, number) => {
      const half = Math.max(0.5, 18 * share);
      return `M${number * 4 + 2},${20 - half}V${20 + half}`;
    });
    this.svg.firstElementChild.setAttribute("d", lines.join(""));
    this.svg.dataset.level = this.bars.at(-1).toFixed(2);
  }
}
