'use strict';
// What all pages share. Loaded before anything is painted, so that colours do not flash.
const darban = {
  // A signed link's token is no part of it: another link to the same place finds what was watched.
  home: new URL(document.documentElement.dataset.up || './', location.href).pathname
    .replace(/\/[\w-]+=[\w-]+\.[\w-]+(?=\/)/, ''),

  // The browser's own storage; without it (private windows, policies) nothing is remembered.
  read(name) {
    try {
      return JSON.parse(localStorage.getItem('darban:' + name));
    } catch {
      return null;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem('darban:' + name, JSON.stringify(value));
    } catch {
      // It is full, or forbidden.
    }
  },

  // What was watched in this library: path → { at, of, when, title, poster }.
  seen() {
    return darban.read('seen:' + darban.home) || {};
  },
  see(path, what) {
    const all = darban.seen();
    delete all[path];
    if (what) all[path] = what;
    const kept = Object.entries(all).sort((a, b) => b[1].when - a[1].when).slice(0, 200);
    darban.write('seen:' + darban.home, Object.fromEntries(kept));
  },
  // Barely begun is not begun, and the end titles need not be seen.
  unfinished: (what) => what && what.at > 15 && what.at < what.of * 0.95,

  clock(seconds) {
    const all = Math.round(seconds);
    const two = (n) => String(n).padStart(2, '0');
    const hours = Math.floor(all / 3600);
    const minutes = Math.floor(all / 60) % 60;
    const text = hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
    return document.documentElement.lang === 'fa' ? text.replace(/\d/g, (d) => '۰۱۲۳۴۵۶۷۸۹'[d]) : text;
  },

  themes: ['auto', 'light', 'dark'],
  theme(name) {
    if (name !== 'auto') document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  },
};

darban.theme(darban.read('theme') || 'auto');
document.addEventListener('DOMContentLoaded', () => {
  const button = document.getElementById('theme');
  if (!button) return;
  const show = () => {
    const name = darban.read('theme') || 'auto';
    button.title = button.dataset[name];
    button.setAttribute('aria-label', button.dataset[name]);
    button.textContent = { auto: '◐', light: '☀', dark: '☾' }[name];
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    const now = darban.themes.indexOf(darban.read('theme') || 'auto');
    const next = darban.themes[(now + 1) % darban.themes.length];
    darban.write('theme', next);
    darban.theme(next);
    show();
  });
  show();
});
