(function () {
  "use strict";
  var board = document.getElementById("board");
  var missed = 0;
  setInterval(function () {
    fetch("wall/board").then(function (answer) {
      if (!answer.ok) { throw new Error(answer.status); }
      return answer.text();
    }).then(function (html) {
      missed = 0;
      board.className = "";
      if (board.innerHTML !== html) { board.innerHTML = html; }
    }).catch(function () {
      missed += 1;
      if (missed > 2) { board.className = "stale"; }
    });
  }, 3000);
})();
