// What is typed goes into the address, and Streamlit makes every change of it a page to go back to.
// Back is to leave the page, not to take back letters: a change of the query replaces the address.
const push = history.pushState;
if (!push.unfold) {
  history.pushState = function (state, title, url) {
    const samePage = url && new URL(url, location.href).pathname === location.pathname;
    return (samePage ? history.replaceState : push).call(history, state, title, url);
  };
  history.pushState.unfold = true;
}

// Copies the address of this very view; where the browser forbids it, shows the address to copy by hand.
export default function ({ data: [plotly], parentElement }) {
  // The first thing on a page: while the server computes the pictures, the browser reads what will draw them.
  loadPlotly(plotly).catch(() => {}); // who draws will say so
  const button = parentElement.querySelector(".share button");
  const status = parentElement.querySelector(".share span");
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      status.textContent = "Copied";
    } catch {
      status.textContent = window.location.href;
    }
  };
}
