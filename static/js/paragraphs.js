// Saves a translation while it is written, and keeps in this tab what could not be saved.
const PAUSE = 3000;
const AGAIN = 15000;

function lines(form) {
  return [...form.querySelectorAll("[data-before]")].map((before) => {
    const place = before.dataset.before;
    return {
      place,
      before,
      field: place.slice(0, place.lastIndexOf(".")),
      seen: form.elements.namedItem(`seen.${place}`),
      text: form.elements.namedItem(`paragraph.${place}`),
    };
  });
}

// Storage may be shut off altogether; then the page alone keeps what is written.
function storeDrafts(key, drafts) {
  try {
    if (drafts.length > 0) {
      sessionStorage.setItem(key, JSON.stringify(drafts));
    } else {
      sessionStorage.removeItem(key);
    }
  } catch {}
}

function storedDrafts(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

// A draft goes to the paragraph it was made from, else to where that one stood, and brings along
// what it goes by, so that the portal still notices what has changed meanwhile.
function restore(form, drafts) {
  let count = 0;
  for (const draft of drafts) {
    const all = lines(form).filter((line) => line.field === draft.field);
    const line =
      all.find((each) => each.seen.value === draft.seen) ??
      all.find((each) => each.place === draft.place);
    if (line !== undefined && line.text.value.trim() !== draft.text.trim()) {
      line.text.value = draft.text;
      line.before.value = draft.before;
      line.seen.value = draft.seen;
      count += 1;
    }
  }
  return count > 0;
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("step", "yes");
  // Not followed: whoever is led elsewhere has been signed out.
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    return { outcome: "signedOut" };
  }
  if (answer.status === 404 || answer.status === 422) {
    return { outcome: answer.status === 422 ? "refused" : "closed" };
  }
  if (!answer.ok) {
    return { outcome: "failed" };
  }
  return { outcome: "saved", ...(await answer.json()) };
}

export function enhance(form) {
  const key = `paragraphs:${new URL(form.action, location.href).pathname}`;
  const status = form.querySelector("[data-saved]");
  const progress = form.querySelector("[data-progress]");
  const saved = new Map(lines(form).map((line) => [line.place, line.text.value]));
  let timer = 0;
  let sending = null;
  // What somebody else has saved meanwhile is replaced by a press of the button alone.
  const isRefused = form.querySelector("[aria-invalid]") !== null;
  let isChanged = isRefused;

  // A page that was refused holds what was typed itself.
  const drafts = () =>
    lines(form)
      .filter((line) => line.text.value !== saved.get(line.place))
      .map(({ place, field, before, seen, text }) => ({
        place,
        field,
        before: before.value,
        seen: seen.value,
        text: text.value,
      }));

  const recordSaved = (answer, sent) => {
    for (const line of lines(form)) {
      if (line.place in answer.before) {
        line.before.value = answer.before[line.place];
        saved.set(line.place, sent.get(line.place));
      }
    }
    progress.querySelector("progress").value = answer.progress;
    progress.querySelector("[data-progress-text]").textContent = answer.progress_text;
    isChanged = drafts().length > 0;
  };

  const save = async () => {
    clearTimeout(timer);
    if (sending !== null || !isChanged || isRefused) {
      return;
    }
    const sent = new Map(lines(form).map((line) => [line.place, line.text.value]));
    sending = send(form).catch(() => ({ outcome: "failed" }));
    const answer = await sending;
    sending = null;
    if (answer.outcome === "saved") {
      recordSaved(answer, sent);
    }
    storeDrafts(key, drafts());
    status.textContent = status.dataset[answer.lost?.length > 0 ? "lost" : answer.outcome];
    if (isChanged && ["saved", "failed"].includes(answer.outcome)) {
      timer = setTimeout(save, answer.outcome === "saved" ? PAUSE : AGAIN);
    }
  };

  const note = () => {
    isChanged = true;
    storeDrafts(key, drafts());
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  };

  if (!isRefused && restore(form, storedDrafts(key))) {
    status.textContent = status.dataset.restored;
    note();
  } else {
    storeDrafts(key, []);
  }

  form.addEventListener("input", note);
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget?.type !== "submit") {
      save();
    }
  });
  addEventListener("online", save);
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (sending !== null) {
      // Else our own step would look like somebody else's words.
      event.preventDefault();
      await sending;
      setTimeout(() => form.requestSubmit());
      return;
    }
    isChanged = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) {
      event.preventDefault();
    }
  });
}
