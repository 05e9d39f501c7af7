// Pages that are opened as files may start no worker: the search then runs in a hidden frame of the same page.
window.IFrameWorker = class extends EventTarget {
  constructor(address) {
    super();
    this.waiting = [];
    const frame = document.createElement("iframe");
    frame.hidden = true;
    frame.title = "search";
    document.body.append(frame);
    this.inside = frame.contentWindow;
    this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
    const script = this.inside.document.createElement("script");
    script.src = address;
    script.onload = () => this.begin();
    this.inside.document.body.append(script);
  }
  begin() {
    const waiting = this.waiting;
    this.waiting = null;
    waiting.forEach((data) => this.postMessage(data));
  }
  postMessage(data) {
    if (this.waiting) this.waiting.push(data);
    else this.inside.dispatchEvent(new this.inside.MessageEvent("message", { data }));
  }
  terminate() {}
};
if (location.protocol === "file:") window.Worker = window.IFrameWorker;
