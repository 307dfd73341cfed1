/**
 * The ends of pipelines: what a route does with a request. Each folder below is one action; this
 * package holds what several of them share: files of folders, pages for people and how they look.
 */
@NullMarked
package darban.serve;

import org.jspecify.annotations.NullMarked;
