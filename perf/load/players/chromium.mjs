// A headless Chromium that plays: reads a job in JSON from each line of standard input, writes what came of it to a line
// of standard output. The folder that is given holds node_modules.
//
//   { engine: "hls" | "dash" | "shaka" | "file", url, rate, seconds, seeks: [s], latency, config, screenshot }
//   { look: url, size: [x, y], words }
//
// rate: how much faster than life; seconds: of the film, or of life where it is live; latency: that the player shall keep.
// look: at a list of films, in which words are searched if there are any.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, 'here.js'));
const { chromium } = require('playwright-core');
const LIBRARIES = {
  hls: 'hls.js/dist/hls.min.js',
  dash: 'dashjs/dist/modern/umd/dash.all.min.js',
  shaka: 'shaka-player/dist/shaka-player.compiled.js',
};

// In the page. Times are in milliseconds since the source was set.
function prepare() {
  const video = document.querySelector('video');
  const seen = window.seen = { start: null, stalls: 0, stalled: 0, errors: [], latencies: [], positions: [], statuses: {} };
  let began, waiting = null;
  window.wanting = false;
  const now = () => performance.now() - began;
  const wrong = (fatal, what) => seen.errors.push({ fatal, what: String(what).slice(0, 300) });
  const frame = () => new Promise(resolve => video.requestVideoFrameCallback((_, data) => resolve(data.mediaTime)));
  video.addEventListener('waiting', () => { if (seen.start !== null && !window.wanting && !video.ended) waiting ??= now(); });
  video.addEventListener('playing', () => {
    if (waiting !== null) { seen.stalls++; seen.stalled += now() - waiting; waiting = null; }
  });
  video.addEventListener('error', () => wrong(true, `media element: ${video.error.code} ${video.error.message}`));
  const engines = {
    file: url => { video.src = url; video.play().catch(why => wrong(false, why)); },
    hls: (url, job) => {
      const player = window.player = new Hls({ lowLatencyMode: !!job.latency, ...job.config });
      player.on(Hls.Events.ERROR, (_, data) =>
        wrong(data.fatal, `${data.type} ${data.details} ${data.response?.code ?? ''} ${data.error?.message ?? ''}`));
      player.on(Hls.Events.MANIFEST_PARSED, () => video.play().catch(() => {}));
      window.latency = () => player.latency;
      player.loadSource(url);
      player.attachMedia(video);
    },
    dash: (url, job) => {
      const player = window.player = dashjs.MediaPlayer().create();
      if (job.latency) player.updateSettings({ streaming: { delay: { liveDelay: job.latency }, liveCatchup: { enabled: true } } });
      player.on('error', event => wrong(true, `${event.error?.code} ${event.error?.message}`));
      window.latency = () => player.getCurrentLiveLatency();
      player.initialize(video, url, true);
    },
    shaka: url => {
      shaka.polyfill.installAll();
      const player = window.player = new shaka.Player();
      player.addEventListener('error', event => wrong(event.detail.severity === 2, `shaka ${event.detail.code ?? event.detail.stack ?? event.detail}`));
      player.attach(video).then(() => player.load(url)).then(() => video.play())
        .catch(why => wrong(true, `shaka ${why.code ?? why} ${JSON.stringify(why.data ?? '')}`));
    },
  };
  window.begin = job => {
    began = performance.now();
    frame().then(() => { seen.start = now(); video.playbackRate = job.rate ?? 1; });
    // Of sound alone there are no pictures.
    video.addEventListener('timeupdate', () => {
      if (!video.videoWidth && video.currentTime > 0.05) seen.start ??= now();
    });
    if (job.latency) setInterval(() => {
      if (seen.start === null) return;
      seen.latencies.push(window.latency?.());
      seen.positions.push(video.currentTime);
    }, 250);
    engines[job.engine](job.url, job);
  };
  // What the picture says, in gray.
  window.picture = () => {
    if (!video.videoWidth) return null;
    const canvas = new OffscreenCanvas(320, 200), to = canvas.getContext('2d', { willReadFrequently: true });
    to.drawImage(video, 0, 0, 320, 200);
    const { data } = to.getImageData(0, 0, 320, 200);
    return Array.from({ length: 10 }, (_, bit) => data[(184 * 320 + bit * 32 + 16) * 4]);
  };
  // Jumps, stands still there, and tells when the picture was there, and which.
  window.seek = async to => {
    window.wanting = true;
    video.pause();
    const from = performance.now(), there = new Promise(resolve => video.addEventListener('seeked', resolve, { once: true }));
    video.currentTime = to;
    await Promise.race([there, new Promise(resolve => setTimeout(resolve, 8000))]);
    const late = video.seeking;
    const took = performance.now() - from;
    await new Promise(resolve => setTimeout(resolve, 150));  // until it is drawn
    const told = { to, took, late, at: video.currentTime, picture: window.picture() };
    await video.play().catch(() => {});
    window.wanting = false;
    return told;
  };
  window.state = () => ({ ...seen, open: waiting === null ? 0 : now() - waiting, at: video.currentTime, ended: video.ended,
    duration: video.duration, texts: video.textTracks.length, size: [video.videoWidth, video.videoHeight], clock: began ? now() : 0 });
}

const page = engine => '<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><body style="margin:0;background:#222">' +
  '<video muted playsinline crossorigin=anonymous style="width:640px"></video>' +
  `${LIBRARIES[engine] ? `<script src="/${engine}.js"></script>` : ''}<script>(${prepare})()</script>`;

const server = http.createServer((request, answer) => {
  const [, engine, script] = request.url.match(/^\/(\w+)(\.js)?$/) ?? [];
  if (!engine) return answer.writeHead(404).end();
  answer.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' });
  answer.end(script ? fs.readFileSync(path.join(folder, 'node_modules', LIBRARIES[engine])) : page(engine));
});
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
const home = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.argv[3], headless: true, args: ['--no-sandbox',
  '--autoplay-policy=no-user-gesture-required', '--mute-audio', '--disable-dev-shm-usage',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding'] });

async function play(job) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 640, height: 400 } });
  try {
    const tab = await context.newPage(), statuses = {};
    tab.on('response', answer => {
      if (!answer.url().startsWith(home)) statuses[answer.status()] = (statuses[answer.status()] ?? 0) + 1;
      if (answer.status() >= 400) refused.push(`${answer.status()} ${answer.url()}`);
    });
    const refused = [];
    await tab.goto(`${home}/${job.engine}`);
    await tab.evaluate(job => window.begin(job), job);
    const end = Date.now() + 1000 * (12 + job.seconds / (job.rate ?? 1)), sought = [];
    let state;
    for (;;) {
      await new Promise(resolve => setTimeout(resolve, 50));
      state = await tab.evaluate(() => window.state());
      const played = job.latency ? state.clock / 1000 : state.at;
      if (state.errors.some(each => each.fatal) || state.ended || Date.now() > end) break;
      if (state.start !== null && played >= job.seconds) break;
    }
    for (const to of state.start === null || state.errors.some(each => each.fatal) ? [] : job.seeks ?? []) {
      sought.push(await tab.evaluate(to => window.seek(to), to));
    }
    if (job.screenshot) await tab.screenshot({ path: job.screenshot });
    const { errors } = await tab.evaluate(() => window.state());
    const stalls = state.stalls + (state.open > 0), stalled = state.stalled + state.open;
    return { ...state, errors, stalls, stalled, played: state.at, seeks: sought, statuses, refused: refused.slice(0, 5) };
  } finally {
    await context.close();
  }
}

// Milliseconds since the address was entered; of the search, since the last key.
async function look(job) {
  const context = await browser.newContext({ viewport: { width: job.size[0], height: job.size[1] } });
  try {
    const tab = await context.newPage();
    await tab.goto(job.look, { waitUntil: 'load' });
    const seen = await tab.evaluate(() => new Promise(resolve => new PerformanceObserver((list, observer) => {
      const painted = list.getEntriesByName('first-contentful-paint')[0];
      if (!painted) return;
      observer.disconnect();
      const [visit] = performance.getEntriesByType('navigation');
      resolve({ answer: visit.responseStart, paint: painted.startTime, load: visit.loadEventStart });
    }).observe({ type: 'paint', buffered: true })));
    if (!job.words) return seen;
    return { ...seen, ...await tab.evaluate(words => new Promise(resolve => {
      const shown = () => document.querySelectorAll('#results .card').length, cards = shown();
      const field = document.getElementById('q'), began = performance.now();
      new MutationObserver((_, observer) => {
        if (!shown() || shown() === cards) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve({ cards, found: shown(), search: performance.now() - began })));
      }).observe(document.body, { childList: true, subtree: true });
      field.value = words;
      field.dispatchEvent(new Event('input'));
    }), job.words) };
  } finally {
    await context.close();
  }
}

console.log(JSON.stringify({ browser: browser.version() }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  console.log(JSON.stringify(await (job.look ? look : play)(job).catch(why => ({ failed: String(why) }))));
}
await browser.close();
server.close();
