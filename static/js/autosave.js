// Has the portal keep what is typed, so that another browser or a new session finds it again.
import { isTyped } from "./typed.js";

const PAUSE = 1500;
const AGAIN = 20000;

export function enhance(form) {
  const status = form.querySelector("[data-autosave-status]");
  let timer;
  let typed = 0;

  const say = (words) => {
    if (status.textContent !== words) {
      status.textContent = words;
    }
  };

  async function store() {
    const seen = typed;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        // A session that has ended is led to the sign-in page; that is no success.
        redirect: "manual",
      });
      if (answer.status === 204) {
        if (seen === typed) {
          form.dispatchEvent(new Event("stored"));
          say(status.dataset.stored);
        }
        return;
      }
      say(answer.status === 409 ? status.dataset.changed : status.dataset.here);
    } catch {
      say(status.dataset.here);
    }
    clearTimeout(timer);
    timer = setTimeout(store, AGAIN);
  }

  function soon() {
    typed += 1;
    clearTimeout(timer);
    timer = setTimeout(store, PAUSE);
  }

  form.addEventListener("input", soon);
  // drafts.js, which comes first, has found what the portal does not have yet.
  if (form.dataset.unsent || isTyped(form)) {
    soon();
  }
  form.addEventListener("submit", () => clearTimeout(timer));
}
