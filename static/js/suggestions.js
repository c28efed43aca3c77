// Offers titles below the search box while somebody types: a combobox as WAI-ARIA describes it.
const PAUSE = 150;
const SHORTEST = 2;

export function enhance(input) {
  const list = document.createElement("div");
  list.id = `${input.id}-offered`;
  list.className = "offered";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestionsLabel);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-controls", list.id],
    ["aria-expanded", "false"],
  ]) {
    input.setAttribute(name, value);
  }
  let timer;
  let asking;
  let active = -1;

  function choose(place) {
    const options = [...list.children];
    active = place;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place >= 0) {
      input.setAttribute("aria-activedescendant", options[place].id);
      options[place].scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function show(suggestions) {
    const language = document.documentElement.lang;
    list.replaceChildren(
      ...suggestions.map(({ title, lang, kind, url }, place) => {
        const option = document.createElement("div");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.dataset.url = url;
        const words = document.createElement("bdi");
        words.textContent = title;
        if (lang !== language) {
          words.lang = lang;
        }
        const about = document.createElement("small");
        about.textContent = kind;
        option.append(words, about);
        return option;
      }),
    );
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const query = new URLSearchParams({ q: input.value });
    try {
      const answer = await fetch(`${input.dataset.suggestions}?${query}`, { signal });
      const suggestions = answer.ok ? await answer.json() : [];
      if (!signal.aborted && document.activeElement === input) {
        show(suggestions);
      }
    } catch {
      // The form still searches.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < SHORTEST) {
      close();
    } else {
      timer = setTimeout(ask, PAUSE);
    }
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) {
      return;
    }
    const number = list.children.length;
    if (event.key === "ArrowDown") {
      choose(active + 1 < number ? active + 1 : -1);
    } else if (event.key === "ArrowUp") {
      choose(active < 0 ? number - 1 : active - 1);
    } else if (event.key === "Enter" && active >= 0) {
      location.assign(list.children[active].dataset.url);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
  });
  // The box keeps the focus, or the list would be gone before it is clicked.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) {
      location.assign(option.dataset.url);
    }
  });
  input.addEventListener("blur", close);
  input.form.addEventListener("submit", close);
}
