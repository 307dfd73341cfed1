/** What tests are made with: a gateway in the test's process, raw peers, guards against leaks. */
@NullMarked
package darban.testkit;

import org.jspecify.annotations.NullMarked;
