'use strict';
// The player: hls.js where the browser needs it, the browser's own means where they do.
document.addEventListener('DOMContentLoaded', () => {
  const video = document.getElementById('player');
  const data = video.dataset;
  const live = data.live === 'yes';
  const status = document.querySelector('#status span');
  const again = document.getElementById('again');
  const alert = document.getElementById('alert');
  const choice = (id) => document.getElementById(id);
  let hls = null;
  let over = false; // what was live

  const say = (text) => (status.textContent = text);
  function fail(why) {
    // What the gateway said is better.
    if (!alert.hidden) return;
    alert.textContent = data.unplayable.replace('{0}', why);
    alert.hidden = false;
  }

  // Choices

  function offer(id, options, chosen, act) {
    const select = choice(id);
    const fixed = id === 'sound' ? 0 : 1;
    while (select.options.length > fixed) select.remove(fixed);
    for (const [value, text] of options) select.add(new Option(text, value));
    select.value = String(chosen);
    select.parentElement.hidden = select.options.length < 2;
    select.onchange = () => act(select.value);
  }

  // A track without a name of its own is called by its language, in that of the page.
  const tongues = new Intl.DisplayNames(document.documentElement.lang, { type: 'language' });
  function called(track, i) {
    if (!track.lang) return track.name || String(i + 1);
    return track.name && track.name !== track.lang ? track.name : tongues.of(track.lang);
  }

  function offerSounds() {
    const names = hls.audioTracks.map((each, i) => [i, called(each, i)]);
    const chosen = Math.max(0, hls.audioTrack, hls.audioTracks.findIndex((each) => each.default));
    offer('sound', names, hls.audioTrack < 0 ? chosen : hls.audioTrack, (value) => {
      hls.audioTrack = Number(value);
      darban.write('sound', hls.audioTracks[value].lang || '');
    });
  }

  function offerQualities() {
    const levels = hls.levels.map((each, i) => [i, each]).filter(([, each]) => each.height);
    const names = levels.map(([i, each]) => [i, Math.min(each.height, each.width) + 'p']);
    const several = names.length > 1 ? names : [];
    offer('quality', several, -1, (value) => (hls.nextLevel = Number(value)));
  }

  // Subtitles: by the browser's list of texts, however they came there.
  const texts = () => [...video.textTracks].filter((each) => /subtitles|captions/.test(each.kind));

  function chooseText(value) {
    if (hls && hls.subtitleTracks.length) {
      hls.subtitleDisplay = value !== 'off';
      hls.subtitleTrack = value === 'off' ? -1 : Number(value);
      return;
    }
    texts().forEach((each, i) => (each.mode = String(i) === value ? 'showing' : 'disabled'));
  }

  function offerTexts() {
    const all = hls && hls.subtitleTracks.length
      ? hls.subtitleTracks.map((each) => [each.name, each.lang])
      : texts().map((each) => [each.label, each.language]);
    const wanted = darban.read('subtitles');
    const index = all.findIndex(([, language]) => wanted && language === wanted);
    const chosen = index < 0 ? 'off' : String(index);
    offer('subtitles', all.map(([name], i) => [i, name]), chosen, (value) => {
      darban.write('subtitles', value === 'off' ? '' : all[value][1]);
      chooseText(value);
    });
    chooseText(chosen);
  }

  choice('speed')?.parentElement.removeAttribute('hidden');
  choice('speed')?.addEventListener('change', (event) => (video.playbackRate = Number(event.target.value)));

  // Sources

  function direct() {
    if (!data.file) return fail('HLS');
    video.src = data.file;
    video.addEventListener('error', async () => fail(video.error?.message || data.type));
    offerTexts();
  }

  async function native() {
    video.src = data.hls;
    offerTexts();
  }

  function stream() {
    // Without a worker: it would be a script from nowhere, which the page's policy forbids.
    hls = new Hls({ enableWorker: false, lowLatencyMode: live, maxBufferLength: 30, startPosition: start() });
    for (const each of video.querySelectorAll('track')) each.remove();
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      say('');
      offerQualities();
    });
    hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, () => {
      const wanted = darban.read('sound');
      const index = hls.audioTracks.findIndex((each) => wanted && each.lang === wanted);
      if (index >= 0) hls.audioTrack = index;
      offerSounds();
    });
    hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, offerSounds);
    hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, offerTexts);
    // What was taken for live may be a recording, or become one.
    hls.on(Hls.Events.LEVEL_LOADED, (_, { details }) => {
      over = live && !details.live;
      for (const each of document.querySelectorAll('b.live, #edge')) each.hidden = !details.live;
    });
    // Behind what is left of it after a pause, its origin's or this tab's.
    hls.on(Hls.Events.LEVEL_UPDATED, (_, { details }) => {
      const lost = details.live && video.currentTime < details.fragmentStart && video.readyState < 3;
      if (lost && !video.paused && hls.liveSyncPosition) video.currentTime = hls.liveSyncPosition;
    });
    hls.on(Hls.Events.ERROR, (_, error) => error.fatal && broken(error));
    hls.loadSource(data.hls);
    hls.attachMedia(video);
  }

  let mended = 0;
  async function broken(error) {
    if (live) {
      say(data.waiting);
      if (!video.paused) video.addEventListener('canplay', play, { once: true });
      hls.destroy();
      setTimeout(stream, 3000);
      return;
    }
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && mended++ < 2) {
      hls.recoverMediaError();
      return;
    }
    const status = error.response?.code;
    hls.destroy();
    hls = null;
    // The gateway says in a sentence what is wrong; a browser may know more codings than hls.js.
    if (status === 422) fail(await (await fetch(data.hls)).text());
    else if (status) fail(String(status));
    else direct();
  }

  // Where it was left

  function start() {
    const what = live ? null : darban.seen()[data.path];
    return darban.unfinished(what) && !location.hash.startsWith('#t=') ? what.at : -1;
  }

  function resume() {
    const from = location.hash.startsWith('#t=') ? Number(location.hash.slice(3)) : start();
    if (!(from > 0)) return;
    video.currentTime = from;
    say(data.resumed.replace('{0}', darban.clock(from)));
    again.hidden = false;
  }

  function keep() {
    if (!live && video.duration > 0 && video.currentTime > 0) {
      darban.see(data.path, {
        at: video.currentTime,
        of: video.duration,
        when: Date.now(),
        title: document.querySelector('h1').textContent.trim(),
      });
    }
  }

  again.addEventListener('click', () => {
    video.currentTime = 0;
    again.hidden = true;
    say('');
    video.focus();
    play();
  });
  video.addEventListener('loadedmetadata', resume, { once: true });
  video.addEventListener('playing', () => (alert.hidden = true));
  let kept = 0;
  video.addEventListener('timeupdate', () => {
    if (Math.abs(video.currentTime - kept) > 5) {
      kept = video.currentTime;
      keep();
    }
  });
  video.addEventListener('pause', keep);
  addEventListener('pagehide', keep);
  // hls.js does not see the end where sound goes on for a moment behind the picture.
  video.addEventListener('waiting', () => {
    if (over && video.currentTime > video.duration - 0.5) say(data.ended);
  });
  video.addEventListener('ended', () => {
    keep();
    if (live) say(data.ended);
    else document.querySelector('a[rel=next]')?.click();
  });

  const play = () => video.play().catch(() => say(data.blocked));
  document.querySelectorAll('[data-at]').forEach((each) =>
    each.addEventListener('click', () => {
      video.currentTime = Number(each.dataset.at);
      play();
    }));

  const edge = choice('edge');
  edge?.addEventListener('click', () => {
    const to = hls?.liveSyncPosition ?? (video.seekable.length ? video.seekable.end(0) - 1 : NaN);
    if (to >= 0) video.currentTime = to;
    play();
  });

  // Keys

  const by = (seconds) => (video.currentTime = Math.max(0, video.currentTime + seconds));
  const louder = (step) => (video.volume = Math.min(1, Math.max(0, video.volume + step)));
  function nextText() {
    const select = choice('subtitles');
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    select.onchange?.();
    say(select.selectedOptions[0].textContent);
  }
  const keys = {
    ' ': () => (video.paused ? play() : video.pause()),
    k: () => (video.paused ? play() : video.pause()),
    ArrowLeft: () => by(-10),
    j: () => by(-10),
    ArrowRight: () => by(10),
    l: () => by(10),
    ArrowUp: () => louder(0.1),
    ArrowDown: () => louder(-0.1),
    m: () => (video.muted = !video.muted),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : video.requestFullscreen?.()),
    c: nextText,
    n: () => document.querySelector('a[rel=next]')?.click(),
    p: () => document.querySelector('a[rel=prev]')?.click(),
  };
  document.addEventListener('keydown', (event) => {
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const busy = event.target.closest('a, button, select, input, summary');
    if (!act || busy || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);

  if (data.hls && window.Hls && Hls.isSupported()) stream();
  else if (data.hls && video.canPlayType('application/vnd.apple.mpegurl')) native();
  else direct();
  // A click on a film is wish enough to play it; a browser that thinks otherwise shows its button.
  video.addEventListener('canplay', play, { once: true });
});
