// Leads on to the page of what is called otherwise now, and to the same place on it, which a refresh would not pass on.
"use strict";
location.replace(document.querySelector("main a").href + location.hash);
