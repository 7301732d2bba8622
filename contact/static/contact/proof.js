// The form's check against spam (ALTCHA): begins when somebody first touches the form, and holds a form that is sent sooner.
// The message is never lost to it: whatever fails or takes too long, the form goes as it is.

const LONGEST_WAIT = 15000; // milliseconds

const box = document.getElementById("controle");
const form = box.closest("form");
const proof = form.elements.form_proof;
const status = box.querySelector("[role=status]");
let running;

async function solve() {
  status.textContent = box.dataset.busy;
  try {
    const { prove } = await import(box.dataset.script);
    proof.value = await prove(JSON.parse(box.dataset.challenge));
    status.textContent = box.dataset.done;
  } catch {
    status.textContent = box.dataset.failed;
  }
}

function start() {
  // A form that came back for another reason has its proof already.
  running ??= proof.value ? Promise.resolve() : solve();
  return running;
}

form.addEventListener("focusin", start, { once: true });
form.addEventListener(
  "submit",
  (event) => {
    if (form.dataset.checked) return;
    event.preventDefault();
    if (form.dataset.waiting) return;
    form.dataset.waiting = "1";
    const button = event.submitter;
    Promise.race([start(), new Promise((over) => setTimeout(over, LONGEST_WAIT))]).then(() => {
      form.dataset.checked = "1";
      form.requestSubmit(button);
    });
  },
);
