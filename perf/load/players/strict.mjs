// What hls-parser, in its strict mode, says of playlists: an object of what is wrong with each, empty for nothing. From
// multivariant playlists it goes on to all they name.
import path from 'node:path';
import { createRequire } from 'node:module';

const [, , folder, ...urls] = process.argv;
const hls = createRequire(path.join(path.resolve(folder), 'here.js'))('hls-parser');
hls.setOptions({ strictMode: true, silent: true });
const said = {};
for (const url of urls) {
  said[url] = '';
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const text = await answer.text(), playlist = hls.parse(text);
    if (playlist.isMasterPlaylist) {
      const more = [...text.matchAll(/URI="([^"]+\.m3u8)"/g)].map(found => found[1]).concat(text.match(/^[^#\s]\S*$/gm));
      for (const each of more) urls.push(new URL(each, url).href);
    } else {
      const long = playlist.segments.filter(each => Math.round(each.duration) > playlist.targetDuration);
      if (long.length) throw new Error(`${long.length} segments are longer than the target duration`);
      if (!playlist.endlist) throw new Error('it does not end');
    }
  } catch (why) {
    said[url] = String(why.message ?? why);
  }
}
console.log(JSON.stringify(said));
