(function () {
  "use strict";
  var BASE = "/api/v1/";
  var TRIES = 6; // times that a busy service is asked again
  var KEY = "booth-token";
  var words = JSON.parse(document.getElementById("words").textContent);
  var names = {result: "photo", matte: "cut-out", found: "found"};
  var calls = {result: "replace?format=jpeg", matte: "matte", found: "instance"};
  var source = null; // {file: File} or {url: text}
  var backdrop = null; // {id: text} or {file: File}
  var view = "result";
  var made = {}; // blobs by view; a result goes when the backdrop changes
  var shown = {}; // object addresses by the id of their image
  var turn = 0; // counts what was asked: an answer to what nobody waits for any more is dropped

  function at(id) { return document.getElementById(id); }
  function each(selector, work) { Array.prototype.forEach.call(document.querySelectorAll(selector), work); }

  // --- the token: in the address behind a # once, then in this tab only ------------------------------
  var token = "";
  function keep(text) {
    token = text;
    try { sessionStorage.setItem(KEY, text); } catch (blocked) { /* it lasts until the page is left */ }
  }
  function arrived() {
    var given = /[#&]token=([^&]+)/.exec(location.hash);
    if (!given) { return false; }
    history.replaceState(null, "", location.pathname);
    try { keep(decodeURIComponent(given[1])); } catch (malformed) { return false; }
    return true;
  }
  if (!arrived()) {
    try { token = sessionStorage.getItem(KEY) || ""; } catch (blocked) { token = ""; }
  }

  // --- asking ---------------------------------------------------------------------------------------
  function Trouble(kind, detail) { this.kind = kind; this.detail = detail; }

  function trouble(answer) {
    var kind = answer.status === 413 ? "large" : "";
    return answer.json().then(function (told) {
      return new Trouble(kind || String(told.type).split(":").pop(), told.detail || "");
    }, function () { return new Trouble(kind || "fault", ""); });
  }

  function wait(seconds, mine) {
    return new Promise(function (go) {
      (function tick(left) {
        if (mine !== turn || left <= 0) { go(); return; }
        tell(words.waiting.replace("{seconds}", left), true);
        setTimeout(function () { tick(left - 1); }, 1000);
      })(seconds);
    });
  }

  function ask(path, options, mine, tried) {
    options.headers = options.headers || {};
    options.headers.Authorization = "Bearer " + token;
    return fetch(path, options).then(function (answer) {
      if (answer.ok) { return answer; }
      if (answer.status === 503 && mine !== undefined && (tried || 0) < TRIES) {
        var seconds = Math.min(30, Math.max(1, parseInt(answer.headers.get("Retry-After"), 10) || 2));
        return wait(seconds, mine).then(function () {
          if (mine !== turn) { throw new Trouble("dropped", ""); }
          tell(words[view === "result" ? "working" : "working_" + view], true);
          return ask(path, options, mine, (tried || 0) + 1);
        });
      }
      return trouble(answer).then(function (what) { throw what; });
    }, function () { throw new Trouble("gone", ""); });
  }

  function textOf(file) { // its base64, as JSON carries it
    return new Promise(function (done, failed) {
      var reader = new FileReader();
      reader.onload = function () { done(String(reader.result).split(",")[1] || ""); };
      reader.onerror = function () { failed(new Trouble("picture", "")); };
      reader.readAsDataURL(file);
    });
  }

  function blobOf(told) {
    var text = atob(told.image);
    var bytes = new Uint8Array(text.length);
    for (var i = 0; i < text.length; i++) { bytes[i] = text.charCodeAt(i); }
    return new Blob([bytes], {type: told.media_type});
  }

  function formFor(wanted) {
    var form = new FormData();
    form.append("image", source.file, source.file.name || "photo");
    if (wanted === "result") {
      if (backdrop.file) { form.append("backdrop_image", backdrop.file, "backdrop"); }
      else { form.append("backdrop", backdrop.id); }
    }
    return {method: "POST", body: form};
  }

  function jsonFor(wanted) {
    var told = {url: source.url};
    var ready = Promise.resolve("");
    if (wanted === "result" && backdrop.id) { told.backdrop = backdrop.id; }
    if (wanted === "result" && backdrop.file) { ready = textOf(backdrop.file); }
    return ready.then(function (text) {
      if (text) { told.backdrop_image = text; }
      return {method: "POST", body: JSON.stringify(told), headers: {"Content-Type": "application/json"}};
    });
  }

  function pictureFor(wanted, mine) {
    if (source.file) {
      return ask(BASE + calls[wanted], formFor(wanted), mine).then(function (answer) { return answer.blob(); });
    }
    return jsonFor(wanted).then(function (options) {
      return ask(BASE + calls[wanted], options, mine);
    }).then(function (answer) { return answer.json(); }).then(blobOf);
  }

  // --- showing --------------------------------------------------------------------------------------
  function tell(text, works) {
    at("told").textContent = text;
    at("veil").hidden = !works;
    at("stage").setAttribute("aria-busy", works ? "true" : "false");
  }

  function put(id, blob) {
    if (shown[id]) { URL.revokeObjectURL(shown[id]); }
    shown[id] = blob ? URL.createObjectURL(blob) : "";
    if (blob) { at(id).src = shown[id]; } else { at(id).removeAttribute("src"); }
    at(id).hidden = !blob;
  }

  function slide() {
    var share = Number(at("range").value);
    var cut = "inset(0 " + (100 - share) + "% 0 0)";
    at("before").style.webkitClipPath = cut;
    at("before").style.clipPath = cut;
    at("bar").style.left = share + "%";
  }

  function offerSave(blob) {
    var save = at("save");
    save.textContent = words["save_" + view];
    save.setAttribute("aria-disabled", blob ? "false" : "true");
    if (!blob) { save.removeAttribute("href"); return; }
    save.href = shown.after;
    save.download = names[view] + (blob.type === "image/png" ? ".png" : ".jpg");
  }

  function show(blob) {
    put("after", blob);
    at("after").alt = words[view + "_alt"];
    var compares = view === "result" && Boolean(source.file);
    at("view").className = view;
    at("before").hidden = !compares;
    at("slider").hidden = !compares;
    offerSave(blob);
    tell(compares ? words.done : words.done_plain, false);
  }

  function begin() { // what is asked is on its way: the photo stands there meanwhile
    at("drop").hidden = true;
    at("stage").classList.remove("empty");
    at("stage").hidden = false;
    at("trouble").hidden = true;
    at("view").hidden = false;
    at("views").hidden = false;
    at("actions").hidden = false;
    each("#views button", function (button) {
      button.setAttribute("aria-pressed", button.dataset.view === view ? "true" : "false");
    });
  }

  function look() {
    if (!source || !backdrop) { return; }
    var mine = ++turn;
    var wanted = view;
    begin();
    if (made[wanted]) { show(made[wanted]); return; }
    at("slider").hidden = true;
    at("before").hidden = !source.file;
    at("before").style.clipPath = at("before").style.webkitClipPath = "none";
    at("view").className = wanted === "result" ? "result" : "found";
    offerSave(null);
    tell(words[wanted === "result" ? "working" : "working_" + wanted], true);
    pictureFor(wanted, mine).then(function (blob) {
      if (mine !== turn) { return; }
      made[wanted] = blob;
      show(blob);
      slide();
    }).catch(function (what) { if (mine === turn) { fail(what); } });
  }

  function fail(what) {
    var kind = what instanceof Trouble ? what.kind : "fault";
    tell("", false);
    if (kind === "token") { close(true); return; }
    at("trouble-title").textContent = words[kind + "_title"] || words.trouble;
    at("trouble-words").textContent = words[kind] || what.detail || "";
    at("trouble-detail").textContent = words[kind] ? what.detail || "" : "";
    at("again").hidden = kind === "picture" || kind === "nobody" || kind === "large";
    at("trouble").hidden = false;
    at("stage").hidden = at("views").hidden = at("actions").hidden = true;
    if (at("trouble").scrollIntoView) { at("trouble").scrollIntoView({block: "nearest"}); }
  }

  // --- choosing -------------------------------------------------------------------------------------
  function take(what) {
    source = what;
    made = {};
    view = "result";
    put("after", null);
    put("before", what.file || null);
    at("range").value = 50;
    look();
  }

  function restart() {
    turn++;
    source = null;
    made = {};
    tell("", false);
    at("view").hidden = at("views").hidden = at("actions").hidden = at("trouble").hidden = true;
    at("stage").hidden = at("drop").hidden = false;
    at("stage").classList.add("empty");
    at("file").value = at("camera").value = "";
    at("file").focus();
  }

  function choose(what, tile) {
    backdrop = what;
    each(".tile", function (other) { other.classList.toggle("chosen", other === tile); });
    delete made.result;
    view = "result";
    look();
  }

  function tileFor(told) {
    var tile = document.createElement("label");
    tile.className = "tile";
    var radio = document.createElement("input");
    radio.type = "radio";
    radio.name = "backdrop";
    radio.value = told.id;
    var frame = document.createElement("span");
    frame.className = "picture";
    var picture = document.createElement("img");
    picture.alt = "";
    frame.appendChild(picture);
    var name = document.createElement("span");
    name.className = "name";
    name.textContent = told.titles[document.documentElement.lang] || told.titles.en;
    tile.appendChild(radio);
    tile.appendChild(frame);
    tile.appendChild(name);
    radio.addEventListener("change", function () { choose({id: told.id}, tile); });
    // An <img> cannot bear the token: its bytes are fetched and handed to it.
    ask(told.thumbnail, {}).then(function (answer) { return answer.blob(); }).then(function (blob) {
      var address = URL.createObjectURL(blob);
      picture.onload = function () { URL.revokeObjectURL(address); };
      picture.src = address;
    }).catch(function () { /* the tile keeps its name */ });
    return tile;
  }

  function close(wrong) {
    token = "";
    try { sessionStorage.removeItem(KEY); } catch (blocked) { /* none was kept */ }
    at("room").hidden = true;
    at("door").hidden = false;
    at("door-wrong").hidden = !wrong;
    at("token").value = "";
    at("token").focus();
  }

  function open() {
    if (!token) { close(false); return; }
    ask(BASE + "backdrops", {}).then(function (answer) { return answer.json(); }).then(function (told) {
      at("door").hidden = true;
      at("room").hidden = false;
      each(".tile:not(.own)", function (tile) { tile.parentNode.removeChild(tile); });
      told.backdrops.forEach(function (one) {
        at("backdrops").appendChild(tileFor(one));
      });
      var first = document.querySelector(".tile input[type=radio]");
      if (first && !backdrop) {
        first.checked = true;
        choose({id: first.value}, first.parentNode);
      } else { look(); }
    }).catch(function (what) {
      if (what instanceof Trouble && what.kind === "token") { close(true); return; }
      at("room").hidden = false;
      fail(what);
    });
  }

  at("door").addEventListener("submit", function (event) {
    event.preventDefault();
    keep(at("token").value.trim());
    open();
  });
  ["file", "camera"].forEach(function (id) {
    at(id).addEventListener("change", function () {
      if (at(id).files.length) { take({file: at(id).files[0]}); }
    });
  });
  if (at("address")) {
    at("address").addEventListener("submit", function (event) {
      event.preventDefault();
      take({url: at("url").value.trim()});
    });
  }
  at("own").addEventListener("change", function () {
    var file = at("own").files[0];
    if (!file) { return; }
    put("own-picture", file);
    each("input[name=backdrop]", function (radio) { radio.checked = false; });
    choose({file: file}, document.querySelector(".own"));
  });
  each("#views button", function (button) {
    button.addEventListener("click", function () { view = button.dataset.view; look(); });
  });
  at("range").addEventListener("input", slide);
  at("again").addEventListener("click", function () { if (backdrop) { look(); } else { open(); } });
  at("another").addEventListener("click", restart);
  at("other-photo").addEventListener("click", restart);
  ["dragenter", "dragover"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      event.preventDefault();
      at("stage").classList.add("over");
    });
  });
  ["dragleave", "drop"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      event.preventDefault();
      at("stage").classList.remove("over");
    });
  });
  document.addEventListener("drop", function (event) {
    var file = event.dataTransfer && event.dataTransfer.files[0];
    if (file && !at("room").hidden) { take({file: file}); }
  });
  window.addEventListener("hashchange", function () { if (arrived()) { open(); } });
  open();
})();
