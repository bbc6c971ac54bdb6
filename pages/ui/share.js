// What is typed goes into the address, and Streamlit makes every change of it a page to go back to.
// Back is to leave the page, not to take back letters: a change of the query replaces the address.
// On the way to another page Streamlit first empties the query; whoever comes back is to find it as it was.
const SAME_STEP_MILLISECONDS = 100;
const push = history.pushState;
if (!push.unfold) {
  let left;
  history.pushState = function (state, title, url) {
    const next = new URL(url ?? "", location.href);
    if (next.pathname === location.pathname) {
      if (location.search && !next.search) {
        left = location.href;
        setTimeout(() => { left = undefined; }, SAME_STEP_MILLISECONDS);
      }
      return history.replaceState(state, title, url);
    }
    if (left) history.replaceState(history.state, "", left);
    left = undefined;
    return push.call(history, state, title, url);
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
