/* SPDX-License-Identifier: Apache-2.0 */
/* Runs in Firefox's chrome context: answers PIN and certificate dialogs as a person would, and
 * writes one line of JSON for each event to a file, since Marionette itself sleeps while a modal
 * dialog is open.
 *
 * arguments[0]: { journal: path, pins: [typed in this order], url: page to open } */
const { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
const task = arguments[0];
const browserWindow = Services.wm.getMostRecentWindow("navigator:browser");
const tab = browserWindow.gBrowser;

function note(event, fields) {
  const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
  const stream = Cc["@mozilla.org/network/file-output-stream;1"]
    .createInstance(Ci.nsIFileOutputStream);
  const coder = Cc["@mozilla.org/intl/converter-output-stream;1"]
    .createInstance(Ci.nsIConverterOutputStream);
  file.initWithPath(task.journal);
  stream.init(file, 0x02 | 0x08 | 0x10, 0o600, 0); /* write, create, append */
  coder.init(stream, "UTF-8");
  coder.writeString(JSON.stringify({ event, ...fields }) + "\n");
  coder.close();
}

function answerPin(dialog) {
  const prompt = dialog.Dialog;
  const text = prompt.args.text;
  if (prompt.args.promptType != "promptPassword") {
    note("other-dialog", { kind: prompt.args.promptType, text });
    dialog.document.getElementById("commonDialog").cancelDialog();
    return;
  }
  const pin = task.pins.shift();
  if (pin === undefined) {
    note("pin-refused", { text });
    dialog.document.getElementById("commonDialog").cancelDialog();
    return;
  }
  note("pin-asked", { text });
  prompt.ui.password1Textbox.value = pin;
  dialog.document.getElementById("commonDialog").getButton("accept").click();
}

function answerCertificate(dialog) {
  const names = dialog.document.getElementById("nicknames");
  note("certificate-asked", { choices: [...names.menupopup.children].map(item => item.label) });
  dialog.document.querySelector("dialog").acceptDialog();
}

function answerSoon(answer, dialog) {
  setTimeout(() => {
    try {
      answer(dialog);
    } catch (error) {
      note("failed", { where: dialog.location.href, error: String(error) });
    }
  }, 50);
}

Services.obs.addObserver(dialog => answerSoon(answerPin, dialog), "common-dialog-loaded");

/* The certificate dialog hears its buttons only from "cert-dialog-loaded" on, which does not say
 * which window it is. */
let certificateDialog = null;
Services.obs.addObserver(dialog => {
  if (dialog.location.href.endsWith("/clientauthask.xhtml")) {
    certificateDialog = dialog;
  }
}, "subdialog-loaded");
Services.obs.addObserver(() => answerSoon(answerCertificate, certificateDialog),
  "cert-dialog-loaded");

function watch() {
  const browser = tab.selectedBrowser;
  if (browser.currentURI.scheme == "https" && !browser.webProgress.isLoadingDocument) {
    note("loaded", { document: browser.documentURI.spec });
    return;
  }
  setTimeout(watch, 100);
}

setTimeout(() => tab.loadURI(Services.io.newURI(task.url), {
  triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
}), 0);
setTimeout(watch, 100);
