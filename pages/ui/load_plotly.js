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

