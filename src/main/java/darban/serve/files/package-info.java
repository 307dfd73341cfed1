/**
 * Files of a folder: GET and HEAD with ranges and preconditions, index pages, and listings where
 * asked for. What lies outside the folder, also by way of links, does not exist here; nor do names
 * that start with a dot, apart from {@code .well-known}.
 */
@NullMarked
package darban.serve.files;

import org.jspecify.annotations.NullMarked;
