(function () {
  "use strict";
  var state = document.getElementById("state");
  var share = document.getElementById("share");
  if (state && window.fetch) {
    var look = function () {
      fetch(state.dataset.from).then(function (answer) {
        return answer.ok ? answer.json() : null;
      }).then(function (now) {
        if (!now) { return; }
        state.className = "state " + now.prints;
        state.textContent = now.words;
        if (now.ends) { clearInterval(again); }
      }).catch(function () { /* out of reach for a moment: the next look tells */ });
    };
    var again = setInterval(look, 8000);
  }
  if (share && navigator.canShare) {
    var fileOf = function (blob) { return new File([blob], share.dataset.name, {type: "image/jpeg"}); };
    share.hidden = !navigator.canShare({files: [fileOf(new Blob([""]))]});
    share.addEventListener("click", function () {
      fetch(share.dataset.from).then(function (answer) { return answer.blob(); }).then(function (blob) {
        return navigator.share({files: [fileOf(blob)]});
      }).catch(function () { /* the guest thought better of it */ });
    });
  }
})();
