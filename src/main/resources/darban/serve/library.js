'use strict';
// The library: search while typing, lengths as they come into sight, how far each film was watched.
document.addEventListener('DOMContentLoaded', () => {
  const form = document.getElementById('search');
  const field = form.elements.q;
  let asked = null;

  const results = () => document.getElementById('results');

  function markSeen() {
    const seen = darban.seen();
    for (const card of results().querySelectorAll('.card[data-path]')) {
      const what = seen[card.dataset.path];
      const bar = card.querySelector('progress');
      bar.hidden = !what;
      if (!what) continue;
      bar.value = what.of ? what.at / what.of : 0;
      const percent = Math.round(bar.value * 100) + '%';
      bar.setAttribute('aria-label', bar.dataset.label.replace('{0}', percent));
    }
  }

  // Continue watching: the newest first.
  function showUnfinished() {
    const section = document.getElementById('continue');
    if (!section) return;
    const list = section.querySelector('ul');
    list.replaceChildren();
    for (const [path, what] of Object.entries(darban.seen())) {
      if (!darban.unfinished(what) || list.children.length === 12) continue;
      const card = document.getElementById('card').content.firstElementChild.cloneNode(true);
      const address = path.split('/').map(encodeURIComponent).join('/');
      card.querySelector('a').href = './' + address + '/';
      card.querySelector('img').src = './' + address + '/poster';
      card.querySelector('.name').textContent = what.title;
      card.querySelector('.time').textContent = darban.clock(what.of - what.at);
      card.querySelector('progress').value = what.at / what.of;
      card.querySelector('button').addEventListener('click', () => {
        darban.see(path, null);
        showUnfinished();
        markSeen();
      });
      list.append(card);
    }
    section.hidden = !list.children.length || field.value.trim() !== '';
  }

  // How long a film is stands in the film: it is looked at when its card comes into sight.
  let asking = 0;
  const toAsk = [];
  const sight = new IntersectionObserver((all) => {
    for (const each of all.filter((one) => one.isIntersecting)) {
      sight.unobserve(each.target);
      toAsk.push(each.target);
    }
    askLengths();
  }, { rootMargin: '200px' });

  async function askLengths() {
    while (asking < 3 && toAsk.length) {
      const card = toAsk.pop();
      asking++;
      fetch(card.querySelector('a').href + 'item.json')
        .then(async (answer) => {
          const item = answer.ok ? await answer.json() : {};
          if (item.seconds > 0) card.querySelector('.time').textContent = darban.clock(item.seconds);
        })
        .finally(() => {
          asking--;
          askLengths();
        });
    }
  }

  function watchLengths() {
    toAsk.length = 0;
    sight.disconnect();
    for (const time of results().querySelectorAll('.time:empty')) sight.observe(time.closest('.card'));
  }

  async function search() {
    if (asked) asked.abort();
    asked = new AbortController();
    const words = field.value.trim();
    const address = words ? '?q=' + encodeURIComponent(words) : location.pathname;
    try {
      const answer = await fetch(address, { signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      results().replaceWith(page.getElementById('results'));
      history.replaceState(null, '', address);
      markSeen();
      showUnfinished();
      performance.mark('darban:searched');
      watchLengths();
    } catch (failed) {
      if (failed.name !== 'AbortError') throw failed;
    }
  }

  let typing = 0;
  field.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(search, 80);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && event.target !== field && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.focus();
    }
  });
  // Coming back from a film, a page is shown as it was.
  addEventListener('pageshow', () => {
    markSeen();
    showUnfinished();
  });
  watchLengths();
});
