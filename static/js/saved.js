// A page that says a form was saved forgets what this browser had kept of it.
import { key } from "./unsaved.js";

export function enhance(element) {
  const at = key(element.dataset.forget);
  const draft = JSON.parse(localStorage.getItem(at) ?? "null");
  // What was typed since, before this page was opened once more, is not what was saved.
  if (draft !== null && Number(draft.revision) < Number(element.dataset.revision)) {
    localStorage.removeItem(at);
  }
}
