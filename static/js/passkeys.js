// Asks the browser for a passkey: [data-passkey] is "create" or "get". The form is hidden until
// here, since without scripts, or in an older browser, a code is the way.
const READ = {
  create: "parseCreationOptionsFromJSON",
  get: "parseRequestOptionsFromJSON",
};

async function sign(form, verb) {
  const answer = await fetch(form.dataset.offer, { method: "POST" });
  if (!answer.ok) {
    throw new Error("no offer");
  }
  const publicKey = PublicKeyCredential[READ[verb]](await answer.json());
  const credential = await navigator.credentials[verb]({ publicKey });
  form.elements.credential.value = JSON.stringify(credential);
}

export function enhance(form) {
  const verb = form.dataset.passkey;
  if (!globalThis.PublicKeyCredential?.[READ[verb]]) {
    return;
  }
  const failure = form.querySelector("[data-failure]");
  const button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failure.hidden = true;
    button.disabled = true;
    try {
      await sign(form, verb);
      form.submit();
    } catch {
      // Whatever it was, the reader either called it off or can try again.
      failure.hidden = false;
      button.disabled = false;
    }
  });
}
