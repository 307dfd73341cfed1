// What hls-parser, in its strict mode, says of playlists: an object of what is wrong with each, empty for nothing. From
// multivariant playlists it goes on to all they name. After the folder that holds node_modules, `live` or `films` says
// what they must be of; of live ones the next state and what a delta update leaves out are looked at too.
import path from 'node:path';
import { createRequire } from 'node:module';

const [, , folder, kind, ...urls] = process.argv;
const hls = createRequire(path.join(path.resolve(folder), 'here.js'))('hls-parser');
hls.setOptions({ strictMode: true, silent: true });

function demand(right, what) {
  if (!right) throw new Error(what);
}

async function get(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(15000) });
  demand(answer.ok, `HTTP ${answer.status} for ${url}`);
  return answer.text();
}

function named(text, url) {
  const uris = [...text.matchAll(/URI="([^"]+\.m3u8[^"]*)"/g)].map(found => found[1]).concat(text.match(/^[^#\s]\S*$/gm) ?? []);
  return uris.map(each => new URL(each, url).href);
}

const whole = playlist => playlist.segments.filter(each => each.uri);
const parts = playlist => playlist.segments.flatMap(each => each.parts ?? []);
const sum = list => list.reduce((seconds, each) => seconds + each.duration, 0);

function common(playlist) {
  const long = whole(playlist).filter(each => Math.round(each.duration) > playlist.targetDuration);
  demand(!long.length, `${long.length} segments are longer than the target duration`);
  demand(playlist.endlist === (kind === 'films'), playlist.endlist ? 'it ends' : 'it does not end');
}

// The parser counts segments, the one that has only begun too, where the rule is of time: parts go once they are more than
// three target durations from the end (RFC 8216bis §4.4.4.9), and Darban's go with the last of their segment.
function parse(text) {
  const blocks = text.split(/(?<=^[^#\s]\S*\n)/m), old = blocks.slice(0, -3), rest = blocks.slice(-3);
  const seconds = block => Number(block.match(/#EXTINF:([\d.]+)/)?.[1] ?? 0), target = text.match(/TARGETDURATION:(\d+)/)?.[1];
  let after = rest.reduce((all, block) => all + seconds(block), 0);
  for (const block of old.toReversed()) {
    demand(!block.includes('#EXT-X-PART:') || after <= 3 * target, `parts are listed ${after} s from the end`);
    after += seconds(block);
  }
  return hls.parse(old.map(block => block.replace(/^#EXT-X-PART:.*\n/gm, '')).concat(rest).join(''));
}

// RFC 8216bis §4.4.3.7 and §4.4.4.9 beyond what the parser looks at.
function lowLatency(playlist) {
  const control = playlist.lowLatencyCompatibility, target = playlist.partTargetDuration, all = parts(playlist);
  demand(control?.canBlockReload && target && all.length, 'it is not of low latency');
  demand(control.partHoldBack >= 3 * target - 1e-6, `${control.partHoldBack} s are held back, parts are of ${target}`);
  demand(!(control.holdBack < 3 * playlist.targetDuration), `${control.holdBack} s are held back of segments`);
  demand(all.at(-1).hint && all.filter(each => each.hint).length === 1, 'no part is hinted at, or not the last one');
  for (const segment of whole(playlist).filter(each => each.parts?.length)) {
    const given = segment.parts.filter(each => !each.hint);
    demand(Math.abs(sum(given) - segment.duration) < 0.01, `the parts of ${segment.uri} are ${sum(given)} of its ${segment.duration} s`);
    demand(given[0].independent, `${segment.uri} begins with a part that depends on others`);
  }
  for (const report of playlist.renditionReports) demand(report.lastMSN >= 0, `nothing is reported of ${report.uri}`);
}

// The state after this one, by a blocking reload, once whole and once as a delta of it.
async function next(playlist, url) {
  const segments = whole(playlist), open = playlist.segments.at(-1);
  const msn = playlist.mediaSequenceBase + segments.length;
  const part = open.uri ? 0 : open.parts.filter(each => !each.hint).length;
  const query = `${url.includes('?') ? '&' : '?'}_HLS_msn=${msn}&_HLS_part=${part}`;
  const at = skip => get(url + query + skip).then(parse);
  const state = list => `${list.mediaSequenceBase} ${whole(list).at(-1)?.mediaSequenceNumber} ${list.segments.at(-1).parts.length}`;
  let full, delta;
  for (let i = 0; i < 9 && (!i || state(full) !== state(delta)); i++) [full, delta] = await Promise.all([at(''), at('&_HLS_skip=YES')]);
  demand(state(full) === state(delta), 'a delta update is of another state');
  [full, delta].forEach(common);
  lowLatency(full);
  const last = whole(full).length + full.mediaSequenceBase - msn;
  demand(last > 0 || last === 0 && full.segments.at(-1).parts.filter(each => !each.hint).length > part, 'it does not wait for what is asked for');
  const after = segments.filter(each => each.mediaSequenceNumber >= full.mediaSequenceBase);
  after.forEach((each, i) => demand(whole(full)[i].uri === each.uri, `${each.uri} is ${whole(full)[i].uri} in the next state`));
  demand(delta.skip === skippable(full), `${delta.skip} segments are skipped, of ${skippable(full)} that may be`);
  const rest = whole(full).slice(delta.skip).map(each => `${each.mediaSequenceNumber} ${each.uri} ${each.duration}`).join();
  demand(whole(delta).map(each => `${each.mediaSequenceNumber} ${each.uri} ${each.duration}`).join() === rest, 'a delta update leaves out another part than it says');
}

// Those that are farther from the end than the skip boundary (RFC 8216bis §6.2.5.1).
function skippable(playlist) {
  const boundary = playlist.lowLatencyCompatibility.canSkipUntil, segments = whole(playlist), open = playlist.segments.at(-1);
  let left = sum(segments) + (open.uri ? 0 : sum(open.parts.filter(each => !each.hint))), count = 0;
  for (; boundary && count < segments.length && (left -= segments[count].duration) >= boundary; count++);
  return count;
}

const said = {};
for (const url of urls) {
  if (url in said) continue;
  said[url] = '';
  try {
    const text = await get(url), playlist = parse(text);
    if (playlist.isMasterPlaylist) {
      urls.push(...named(text, url));
    } else {
      common(playlist);
      if (kind === 'live') {
        lowLatency(playlist);
        await next(playlist, url);
      }
    }
  } catch (why) {
    said[url] = String(why.message ?? why);
  }
}
console.log(JSON.stringify(said));
