// Copies the address of this very view; where the browser forbids it, shows the address to copy by hand.
export default function ({ parentElement }) {
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
