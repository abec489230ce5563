// What runs on every page of the shell. Each module listens on the document, so parts that htmx swaps in need nothing.
import "./requests.js";
import "./times.js";
import "./toasts.js";
import "./layers.js";
import "./keyboard.js";
import "./palette.js";
import "./composer.js";
import "./conversation.js";
import "./reading.js";
import "./pictures.js";
import "./live.js";
import "./selecting.js";
import "./folds.js";
