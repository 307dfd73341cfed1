/**
 * The whole of Darban between real programs: browsers, players, tunnels, load. Numbered from basic
 * to hard; each says which Debian package it needs when one is missing.
 */
@NullMarked
package darban.it;

import org.jspecify.annotations.NullMarked;
