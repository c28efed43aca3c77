// Shows beside the form what readers would see: the portal draws it, exactly as when it publishes.
import { isTyped } from "./typed.js";

const PAUSE = 700;

export function enhance(form) {
  const pane = document.querySelector("[data-preview-pane]");
  const page = pane.querySelector("[data-preview-page]");
  let timer;
  let asked;

  async function render() {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        redirect: "manual",
        signal: asked.signal,
      });
      // While something is wrong the last good one stays.
      if (!answer.ok) {
        return;
      }
      const rendered = new DOMParser().parseFromString(await answer.text(), "text/html");
      page.replaceChildren(...rendered.querySelector("[data-preview-page]").childNodes);
      pane.hidden = false;
    } catch {
      // Called off by the next one, or nobody answers: autosave says so.
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(render, PAUSE);
  }

  form.addEventListener("input", soon);
  if (isTyped(form)) {
    soon();
  }
  form.querySelector("[data-no-save]").addEventListener("click", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    await render();
    pane.scrollIntoView();
  });
}
