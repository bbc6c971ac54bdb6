// What the scripts of all components begin with.

// One object a node: a component's script is called again at every change of its data, on the same node.
const mounted = new WeakMap();

function mount(Kind, selector, { data: [data], parentElement, ...senders }) {
  const root = parentElement.querySelector(selector);
  if (!mounted.has(root)) mounted.set(root, new Kind(root));
  const one = mounted.get(root);
  one.update(data, senders);
  return () => {
    one.remove?.();
    mounted.delete(root);
  };
}

const PAUSE_MILLISECONDS = 60;

// Makes a function that calls at once after a pause, and within a burst of keys when the next pause comes.
function atPauses(call) {
  let timer;
  let last = -Infinity;
  return () => {
    const now = performance.now();
    const rested = now - last > PAUSE_MILLISECONDS;
    last = now;
    clearTimeout(timer);
    if (rested) call();
    else timer = setTimeout(call, PAUSE_MILLISECONDS);
  };
}

// plotly.js is asked for once a page, by whichever part of it comes first.
function loadPlotly(source) {
  window.unfoldPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.unfoldPlotly = undefined;
      reject(new Error("The drawing library did not arrive. Reload the page to try again."));
    };
    document.head.append(script);
  });
  return window.unfoldPlotly;
}
