import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import express from "express";

const here = new URL(".", import.meta.url);
const frontend = fileURLToPath(new URL("../frontend/", here));

/** What the pages load: the front end that all examples share, the browser's half of Exeunt, and React. */
export function assets() {
  const router = express.Router();
  router.get("/static/exeunt.js", file(fileURLToPath(new URL("../../clients/browser/exeunt.js", here))));
  router.get("/static/react.js", file(umd("react", "react.production.min.js")));
  router.get("/static/react-dom.js", file(umd("react-dom", "react-dom.production.min.js")));
  router.use("/static", express.static(frontend, { index: false }));
  // At the top, because a service worker is in charge of what is below it.
  router.get("/sw.js", file(`${frontend}sw.js`));
  return router;
}

/**
 * @param {string} path
 * @returns {import("express").RequestHandler}
 */
function file(path) {
  return (req, res, next) => res.sendFile(path, (/** @type {unknown} */ error) => error && next());
}

/**
 * A package's file for browsers: npm's, or Debian's.
 * @param {string} name
 * @param {string} file
 */
function umd(name, file) {
  const places = [fileURLToPath(new URL("node_modules", here)), "/usr/share/nodejs"];
  const paths = places.map((place) => `${place}/${name}/umd/${file}`);
  return paths.find((path) => existsSync(path)) ?? paths[0];
}
