// Says what went wrong with a passkey, which the browser itself tells to programs only.
(function () {
  "use strict";

  document.addEventListener("allauth.error", function (event) {
    var place = document.getElementById("passkey-error");
    if (!place) return;
    event.preventDefault();
    place.hidden = false;
    place.focus();
  });
})();
