// Passkeys: shows what needs them where the browser can, and lets django-allauth's script ask for them.
"use strict";

(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential) return;
  form.hidden = false;
  const trouble = form.querySelector("[data-passkey-trouble]");
  const credential = form.querySelector("[name=credential]").id;
  const { addForm, authenticateForm, loginForm } = window.allauth.webauthn.forms;
  const button = "passkey-button";
  const data = "passkey-data";
  if (form.dataset.passkey === "login") loginForm({ ids: { login: button, credential } });
  if (form.dataset.passkey === "authenticate") authenticateForm({ ids: { authenticate: button, credential, data } });
  if (form.dataset.passkey === "add") addForm({ ids: { add: button, passwordless: "id_passwordless", credential, data } });
  document.getElementById(button).addEventListener("click", () => { trouble.hidden = true; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    trouble.hidden = false;
  });
})();
