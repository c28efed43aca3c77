// Keeps what was typed into a long form, in this tab only, and warns before it would be lost.
function key(form) {
  return `draft:${new URL(form.action, location.href).pathname}`;
}

function kept(form) {
  return [...form.elements].filter(
    (control) => control.name && !["hidden", "file", "submit", "button"].includes(control.type),
  );
}

function isTick(control) {
  return control.type === "checkbox" || control.type === "radio";
}

function store(form) {
  const draft = kept(form).map((control) => [
    control.name,
    control.value,
    isTick(control) && control.checked,
  ]);
  sessionStorage.setItem(key(form), JSON.stringify(draft));
}

function restore(form, draft) {
  // Controls of one name, such as repeated rows, are told apart by their order.
  const controls = kept(form);
  for (const [name, value, checked] of draft) {
    const at = controls.findIndex(
      (each) => each.name === name && (!isTick(each) || each.value === value),
    );
    if (at !== -1) {
      const [control] = controls.splice(at, 1);
      if (isTick(control)) {
        control.checked = checked;
      } else {
        control.value = value;
      }
    }
  }
}

export function enhance(form) {
  const draft = JSON.parse(sessionStorage.getItem(key(form)) ?? "null");
  sessionStorage.removeItem(key(form));
  // Only a reader who comes back (a lost connection, a tab the phone had put away) gets the draft;
  // a page with errors already holds it, and a fresh visit must show what is saved now.
  const [navigation] = performance.getEntriesByType("navigation");
  const hasErrors = form.querySelector("[aria-invalid]") !== null;
  const isBack = navigation !== undefined && navigation.type !== "navigate";
  let changed = hasErrors;
  if (draft !== null && isBack && !hasErrors) {
    restore(form, draft);
    changed = true;
  }

  form.addEventListener("input", () => {
    changed = true;
    store(form);
  });
  form.addEventListener("submit", () => {
    changed = false;
  });
  addEventListener("beforeunload", (event) => {
    if (changed) {
      event.preventDefault();
    }
  });
}
