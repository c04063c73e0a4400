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

function loaded(dialog) {
  const where = dialog.location.href;
  const answer = where.endsWith("/commonDialog.xhtml") ? answerPin
    : where.endsWith("/clientauthask.xhtml") ? answerCertificate : null;
  if (answer) {
    setTimeout(() => {
      try {
        answer(dialog);
      } catch (error) {
        note("failed", { where, error: String(error) });
      }
    }, 50);
  }
}

Services.obs.addObserver(loaded, "common-dialog-loaded");
Services.obs.addObserver(loaded, "subdialog-loaded");
tab.addTabsProgressListener({
  onStateChange(browser, progress, request, flags, status) {
    const stop = Ci.nsIWebProgressListener.STATE_STOP | Ci.nsIWebProgressListener.STATE_IS_NETWORK;
    if ((flags & stop) == stop && browser.currentURI.scheme == "https") {
      note("loaded", { title: browser.contentTitle, status: status >>> 0 });
    }
  },
});
setTimeout(() => tab.loadURI(Services.io.newURI(task.url), {
  triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
}), 0);
