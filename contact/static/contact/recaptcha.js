// Puts Google's box into the form once the visitor asks for it, and not a moment sooner.

const box = document.getElementById("controle");
const button = box.querySelector("[data-recaptcha]");
const status = document.getElementById("controle_stand");

button.hidden = false;
button.addEventListener("click", () => {
  button.disabled = true;
  const place = box.querySelector(".proof__google");
  place.className = "g-recaptcha";
  place.dataset.sitekey = button.dataset.recaptcha;
  const script = document.createElement("script");
  script.src = `https://www.google.com/recaptcha/api.js?hl=${document.documentElement.lang}`;
  script.addEventListener("load", () => {
    button.hidden = true;
  });
  script.addEventListener("error", () => {
    button.disabled = false;
    status.textContent = button.dataset.failed;
  });
  document.head.append(script);
});
