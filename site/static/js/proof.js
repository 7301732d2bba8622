// The form's check against spam (ALTCHA): begins when somebody first touches the form, and holds a form that is sent sooner.
// The message is never lost to it: whatever fails or takes too long, the form goes as it is.

const LONGEST_WAIT = 15000; // milliseconds

const box = document.getElementById("controle");
const form = box.closest("form");
const proof = form.elements.form_proof;
const status = document.getElementById("controle_stand");
let running;
// A form that came back for another reason has its proof already.
let over = proof.value !== "";

async function solve() {
  status.textContent = box.dataset.busy;
  try {
    const { prove } = await import(box.dataset.script);
    proof.value = await prove(JSON.parse(box.dataset.challenge));
    status.textContent = box.dataset.done;
  } catch {
    status.textContent = box.dataset.failed;
  }
  over = true;
}

const start = () => (running ??= over ? undefined : solve());

box.querySelector(".proof__without").remove();
form.addEventListener("focusin", start, { once: true });
form.addEventListener("submit", async (event) => {
  if (over) return;
  event.preventDefault();
  if (form.dataset.waits) return;
  form.dataset.waits = "yes";
  const button = event.submitter;
  await Promise.race([start(), new Promise((enough) => setTimeout(enough, LONGEST_WAIT))]);
  over = true;
  // Not at once: while this event is still being handled, a browser takes no second one.
  setTimeout(() => form.requestSubmit(button));
});
