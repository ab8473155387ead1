// The gallery without a network: pages from the network first, media from the cache first.
// The build fills in VERSION, a digest of the whole site. offline.json lists the files to store.
"use strict";

const VERSION = "__VERSION__";
const SCOPE = registration.scope;
// Sites of one account share an origin and its caches, so cache names begin with the scope.
const PAGES = `${SCOPE} pages ${VERSION}`;
const MEDIA = `${SCOPE} media`;
const PATIENCE = 4000; // ms to wait for the network if a stored page can be shown

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(save());
});

addEventListener("activate", (event) => event.waitUntil(tidy()));

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(SCOPE)) return;
  const path = request.url.slice(SCOPE.length);
  if (path.startsWith("summon/")) {
    // The page that summons keeps these itself, by their digests.
    event.respondWith(caches.match(request.url).then((kept) => kept || fetch(request)));
    return;
  }
  event.respondWith(path.startsWith("media/") ? answerMedia(event) : answerPage(event));
});

async function list() {
  const response = await fetch(`${SCOPE}offline.json`, { cache: "no-cache" });
  if (!response.ok) throw new Error("no list of files");
  return response.json();
}

// The shell is required; other files are stored if they can be fetched.
async function save() {
  const files = await list();
  const pages = await caches.open(PAGES);
  await each(files.shell, (path) => keep(pages, path, "no-cache"));
  if (navigator.connection && navigator.connection.saveData) return;
  const media = await caches.open(MEDIA);
  await each(files.pages, (path) => keep(pages, path, "no-cache").catch(() => {}));
  await each(files.media, async (path) => {
    if (!(await media.match(SCOPE + path))) await keep(media, path, "default").catch(() => {});
  });
}

async function each(paths, work) {
  const queue = paths.slice();
  const turn = async () => {
    while (queue.length) await work(queue.shift());
  };
  await Promise.all(Array.from({ length: 6 }, turn));
}

async function keep(cache, path, mode) {
  const response = await fetch(SCOPE + path, { cache: mode });
  if (!response.ok) throw new Error(`${response.status} ${path}`);
  await cache.put(SCOPE + path, plain(response));
}

// A redirected response may not answer a navigation, but a new one with its body may.
function plain(response) {
  if (!response.redirected) return response;
  return new Response(response.body, { status: 200, headers: response.headers });
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${SCOPE} `) && name !== PAGES && name !== MEDIA) await caches.delete(name);
  }
  await clients.claim();
  const files = await list().catch(() => null);
  if (!files) return;
  const wanted = new Set(files.media.map((path) => work(SCOPE + path)));
  const media = await caches.open(MEDIA);
  for (const request of await media.keys()) {
    if (!wanted.has(work(request.url))) await media.delete(request);
  }
}

// A file's name up to the digest: the same for all sizes and formats of a picture.
function work(url) {
  const match = /[^/]*\.[0-9a-f]{10}(?=\.)/.exec(url.slice(url.lastIndexOf("/") + 1));
  return match ? match[0] : url;
}

function address(request) {
  const url = request.url.split(/[?#]/)[0];
  return url.endsWith("/") ? `${url}index.html` : url;
}

async function answerPage(event) {
  const { request } = event;
  const url = address(request);
  const cache = await caches.open(PAGES);
  const kept = await cache.match(url);
  const asked = fetch(request).then((response) => {
    if (response.ok && !response.redirected && response.status === 200) {
      event.waitUntil(cache.put(url, response.clone()).catch(() => {}));
    }
    return response;
  });
  if (!kept) {
    return asked.catch(async (error) => {
      const lost = request.mode === "navigate" && (await cache.match(`${SCOPE}404.html`));
      if (lost) return new Response(lost.body, { status: 404, headers: lost.headers });
      throw error;
    });
  }
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked, late]).catch(() => kept);
}

async function answerMedia(event) {
  const { request } = event;
  const url = address(request);
  const cache = await caches.open(MEDIA);
  let response = await cache.match(url);
  if (!response) {
    try {
      response = await fetch(url);
      if (response.status === 200) {
        event.waitUntil(cache.put(url, response.clone()).catch(() => {}));
      }
    } catch (error) {
      response = await another(cache, url);
      if (!response) throw error;
    }
  }
  const range = request.headers.get("range");
  return range && response.status === 200 ? slice(response, range) : response;
}

// Offline, another size or format of the same picture is better than nothing.
async function another(cache, url) {
  if (!/\.(avif|webp|jpg|png)$/.test(url)) return undefined;
  const same = (await cache.keys()).find((one) => work(one.url) === work(url));
  return same && cache.match(same);
}

// RFC 9110, section 14: one range of bytes. Safari plays no sound without it.
async function slice(response, range) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!match || (!match[1] && !match[2])) return response;
  const blob = await response.blob();
  const size = blob.size;
  const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]));
  const end = match[1] && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (start > end) {
    const headers = { "Content-Range": `bytes */${size}` };
    return new Response(null, { status: 416, statusText: "Range Not Satisfiable", headers });
  }
  const headers = {
    "Accept-Ranges": "bytes",
    "Content-Length": String(end - start + 1),
    "Content-Range": `bytes ${start}-${end}/${size}`,
    "Content-Type": response.headers.get("Content-Type") || "application/octet-stream",
  };
  const body = blob.slice(start, end + 1);
  return new Response(body, { status: 206, statusText: "Partial Content", headers });
}
