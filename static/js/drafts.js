// Keeps what was typed into a long form and warns before it would be lost: in this tab, or, where
// the portal keeps it too (autosave.js), in this browser until the portal has it.
export function key(action) {
  // The same form in every language of the page.
  return `draft:${new URL(action, location.href).pathname.replace(/^\/[a-z]{2}\//, "/")}`;
}

function storageOf(form) {
  return form.dataset.autosave ? localStorage : sessionStorage;
}

function fieldsOf(form) {
  return [...form.elements].filter(
    (control) => control.name && !["hidden", "file", "submit", "button"].includes(control.type),
  );
}

function isTick(control) {
  return control.type === "checkbox" || control.type === "radio";
}

function store(form) {
  const fields = fieldsOf(form).map((control) => [
    control.name,
    control.value,
    isTick(control) && control.checked,
  ]);
  const draft = { revision: form.elements.revision?.value, fields };
  storageOf(form).setItem(key(form.action), JSON.stringify(draft));
}

// Controls of one name, such as repeated rows, are told apart by their order.
function matched(form, draft) {
  const controls = fieldsOf(form);
  return draft.fields.map(([name, value, checked]) => {
    const at = controls.findIndex(
      (each) => each.name === name && (!isTick(each) || each.value === value),
    );
    const [control] = at === -1 ? [] : controls.splice(at, 1);
    return { control, value, checked };
  });
}

// What a control held when the page came, before anybody or the browser itself changed it.
function original(control) {
  if (isTick(control)) {
    return control.defaultChecked;
  }
  if ("defaultValue" in control) {
    return control.defaultValue;
  }
  const options = [...control.options];
  return (options.find((each) => each.defaultSelected) ?? options[0])?.value;
}

function present(control) {
  return isTick(control) ? control.checked : control.value;
}

// The page comes with all of it: it was saved, and left before this browser could let it go.
function isSaved(form, draft) {
  return matched(form, draft).every(
    ({ control, value, checked }) =>
      control !== undefined && original(control) === (isTick(control) ? checked : value),
  );
}

function restore(form, draft) {
  for (const { control, value, checked } of matched(form, draft)) {
    // What was typed before this script had arrived is newer.
    if (control === undefined || present(control) !== original(control)) {
      continue;
    }
    if (isTick(control)) {
      control.checked = checked;
    } else {
      control.value = value;
    }
  }
  // What was typed against an older text is compared with the newer one when it is saved.
  if (draft.revision !== undefined && form.elements.revision) {
    form.elements.revision.value = draft.revision;
  }
}

// Something was typed before this script had arrived, or the browser has put it back by itself.
function isTyped(form) {
  return fieldsOf(form).some((control) => present(control) !== original(control));
}

function forget(form) {
  storageOf(form).removeItem(key(form.action));
}

function announce(form) {
  const note = document.querySelector("[data-restored]");
  if (note === null) {
    return;
  }
  note.hidden = false;
  note.querySelector("[data-discard]").addEventListener("click", () => {
    forget(form);
    form.dispatchEvent(new Event("stored"));
    location.reload();
  });
}

export function enhance(form) {
  const isLasting = Boolean(form.dataset.autosave);
  let draft = JSON.parse(storageOf(form).getItem(key(form.action)) ?? "null");
  // Only a reader who comes back (a lost connection, a tab the phone had put away) gets the draft
  // of a tab; a page with errors already holds it, and a fresh visit must show what is saved now.
  // A lasting draft is there because the portal does not have it, however one comes back.
  const [navigation] = performance.getEntriesByType("navigation");
  const hasErrors =
    form.querySelector("[aria-invalid]") !== null ||
    document.getElementById("error-summary") !== null;
  const isBack = navigation !== undefined && navigation.type !== "navigate";
  let changed = hasErrors;
  if (draft !== null && isLasting && isSaved(form, draft)) {
    draft = null;
    forget(form);
  }
  if (!isLasting) {
    forget(form);
  }
  if (draft !== null && (isBack || isLasting) && !hasErrors) {
    restore(form, draft);
    changed = true;
    if (isLasting) {
      announce(form);
      form.dataset.unsent = "yes";
    }
  } else if (isLasting && (hasErrors || isTyped(form))) {
    store(form);
    changed = true;
    form.dataset.unsent = "yes";
  }

  form.addEventListener("input", () => {
    changed = true;
    store(form);
  });
  form.addEventListener("stored", () => {
    changed = false;
    forget(form);
  });
  form.addEventListener("submit", () => {
    changed = false;
    if (isLasting) {
      store(form);
    }
  });
  addEventListener("beforeunload", (event) => {
    if (changed) {
      event.preventDefault();
    }
  });
}
