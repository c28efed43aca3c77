// A page that says a form was saved forgets what this browser had kept of it: before it counts as
// loaded, unlike what main.js brings. Whoever goes on at once would else be offered it once more.
import { key } from "./drafts.js";

for (const { dataset } of document.querySelectorAll("[data-forget]")) {
  const at = key(dataset.forget);
  const draft = JSON.parse(localStorage.getItem(at) ?? "null");
  // What was typed since, before this page was opened once more, is not what was saved.
  if (draft !== null && Number(draft.revision) < Number(dataset.revision)) {
    localStorage.removeItem(at);
  }
}
