// The transport's own media manager fetches a program from Daily's servers; this one asks the browser.
export class BrowserMicrophone {
  constructor(constraints = true) { this.constraints = constraints; }
  supportsScreenShare = false;
  stream = null;
  enabled = true;
  setClientOptions(options) { this.callbacks = options.callbacks ?? {}; this.enabled = options.enableMic ?? true; }
  async initialize() {
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: this.constraints });
    const track = this.stream.getAudioTracks()[0];
    track.enabled = this.enabled;
    this.callbacks.onMicUpdated?.({ deviceId: track.getSettings().deviceId ?? "fake", kind: "audioinput", label: track.label });
    this.callbacks.onTrackStarted?.(track, { id: "local", name: "", local: true });
  }
  async connect() { if (!this.stream) await this.initialize(); }
  async disconnect() {}
  async getAllMics() { return []; }
  async getAllCams() { return []; }
  async getAllSpeakers() { return []; }
  updateMic() {}
  updateCam() {}
  updateSpeaker() {}
  get selectedMic() { return {}; }
  get selectedCam() { return {}; }
  get selectedSpeaker() { return {}; }
  enableMic(enabled) { this.enabled = enabled; for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = enabled; }
  enableCam() {}
  enableScreenShare() {}
  get isMicEnabled() { return this.enabled; }
  get isCamEnabled() { return false; }
  get isSharingScreen() { return false; }
  tracks() { return { local: { audio: this.stream?.getAudioTracks()[0] } }; }
}
